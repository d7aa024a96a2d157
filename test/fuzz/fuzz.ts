// npm run fuzz: mutates good files and command lines and gives them to their readers. What comes out is a result or
// an error of ours, soon, and without more memory than the file can honestly ask for. An example that brings out a
// message never seen before is mutated further.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import { NcaError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { command, RUNNING, runCommand } from "../../scripts/shared/command.js";
import { rngSeedFlag, whole } from "../../scripts/shared/flags.js";
import { checkNames } from "../../scripts/shared/usage.js";
import { allocated } from "./allocations.js";
import { mutated } from "./mutate.js";
import type { Reader } from "./readers.js";

/** Bytes that typed arrays may take: some for any file, and so many a byte of the file. */
const FREE_BYTES = 2 ** 20;
const BYTES_A_BYTE = 64;
/** The longest that a case may take, with room for a busy machine. */
const MOST_MS = 2000;

export interface Outcome {
  readonly cases: number;
  readonly refused: number;
  readonly messages: number;
  readonly slowestMs: number;
  readonly mostBytes: number;
}

/** An input that a reader can't stand, kept in a file to be looked at. */
class Crash extends Error {
  override name = "Crash";
}

/** What a reader makes of the bytes: nothing, or its error's message. Throws when that is no error of ours. */
export async function tried(reader: Reader, bytes: Uint8Array): Promise<string | undefined> {
  try {
    await reader.read(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof NcaError) return error.message;
    throw error;
  }
}

/** Without what differs from case to case. */
const kindOf = (message: string) => message.replaceAll(/"(\\.|[^"\\])*"|\b[0-9a-f.]+\b/g, "#").slice(0, 80);

/** Mutates a reader's good examples so many times; `mostMs` is the longest that a case may take. */
export async function fuzz(
  reader: Reader,
  cases: number,
  random: Random,
  mostMs = MOST_MS,
): Promise<Outcome> {
  const found: Uint8Array[] = [];
  const kinds = new Set<string>();
  let [refused, slowestMs, mostBytes] = [0, 0, 0];
  const given = [...reader.seeds, ...(reader.bad ?? [])];
  const pick = () => {
    const examples = found.length > 0 && random.uniform() < 0.5 ? found : given;
    return examples[Math.floor(random.uniform() * examples.length)];
  };
  for (let i = 0; i < cases; i++) {
    const broken = mutated(pick(), pick(), random);
    const bytes = reader.repair && random.uniform() < 0.5 ? reader.repair(broken) : broken;
    const began = performance.now();
    allocated();
    let message: string | undefined;
    try {
      message = await tried(reader, bytes);
      const made = allocated();
      let ms = performance.now() - began;
      if (ms > mostMs) ms = await secondTime(reader, bytes);
      if (made > FREE_BYTES + BYTES_A_BYTE * bytes.length) throw new Error(`it took ${made} bytes`);
      if (ms > mostMs) throw new Error(`it took ${ms.toFixed(0)} ms`);
      slowestMs = Math.max(slowestMs, ms);
      mostBytes = Math.max(mostBytes, made);
    } catch (error) {
      throw new Crash(`${keep(bytes)} gives ${error}`, { cause: error });
    }
    if (message === undefined) continue;
    refused++;
    if (kinds.has(kindOf(message))) continue;
    kinds.add(kindOf(message));
    found.push(bytes);
  }
  return { cases, refused, messages: kinds.size, slowestMs, mostBytes };
}

/** How long the reader takes, in milliseconds, when the machine has no other excuse. */
async function secondTime(reader: Reader, bytes: Uint8Array): Promise<number> {
  const began = performance.now();
  await tried(reader, bytes);
  return performance.now() - began;
}

function keep(bytes: Uint8Array): string {
  const folder = join(root, "dist/crashes");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${Date.now()}`);
  writeFileSync(path, bytes);
  return path;
}

export const fuzzFlags = command("fuzz", "Gives broken files and command lines to all that reads them.", [
  "",
  "--cases 1000000 --rng-seed 2 picture command",
])
  .argument("[name...]", "the readers, all if none is named")
  .optionsGroup(RUNNING)
  .addOption(whole("--cases <number>", "for each reader", 1).default(100_000))
  .addOption(rngSeedFlag("the mutations", 1));

await runCommand(import.meta.url, fuzzFlags, async ({ values: { cases, rngSeed }, names }) => {
  const all = await (await import("./readers.js")).readers();
  checkNames("There is no reader", names, Object.keys(all));
  for (const name of names.length > 0 ? names : Object.keys(all)) {
    const began = performance.now();
    const { refused, messages, slowestMs, mostBytes } = await fuzz(all[name], cases, new Random(rngSeed));
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `${name}: ${cases} cases in ${seconds.toFixed(0)} s, ${refused} refused with ${messages} kinds of message, ` +
        `the slowest ${slowestMs.toFixed(0)} ms, at most ${mostBytes} bytes`,
    );
  }
});
