// npm run zoo: evaluates every rule in models/ and writes the table in models/README.md.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/root.mjs";
import * as nca from "../lib/index.js";
import { runCommand } from "./command.js";
import { Progress } from "./progress.js";

const MODELS = join(root, "models");
const README = join(MODELS, "README.md");
/** What lies between these lines is written by this command. */
const TABLE = /(<!-- npm run zoo -->\n)[\s\S]*?(<!-- end -->)/;
const HEAD = [
  "| file | log loss at 96 | 200 | 1,000 | 10,000 | recovered at +200 | +1,000 |",
  "|---|---|---|---|---|---|---|",
];

/** The picture that a rule was trained to grow, from the command that made it. */
async function targetOf(path: string): Promise<nca.Target> {
  const { command = "" } = (await nca.loadCheckpoint(path)).notes;
  const target = /--target ([^\s']+)/.exec(command)?.[1];
  if (!target) throw new nca.FileError(`${path} does not say its target: its command is "${command}".`);
  return nca.loadTarget(join(root, target));
}

/** A row of the table. */
function row(name: string, { logLoss, recovery }: nca.Evaluation): string {
  const number = (loss: number) => (loss < 1000 ? loss.toFixed(2) : "lost");
  const losses = Object.values(logLoss).map(({ median, worst }) => `${number(median)} (${number(worst)})`);
  const recovered = Object.values(recovery).map((at) => `${Math.round(at.recovered * 100)} % of ${at.cases}`);
  return `| \`${name}\` | ${[...losses, ...recovered].join(" | ")} |`;
}

await runCommand("zoo", {}, async () => {
  const names = readdirSync(MODELS).filter((name) => name.endsWith(".safetensors"));
  const rows: string[] = [];
  const progress = new Progress(names.length, 0, "models");
  for (const [done, name] of names.sort().entries()) {
    progress.update(done, name);
    const path = join(MODELS, name);
    const onProgress = (part: number) => progress.update(done + part, name);
    rows.push(row(name, nca.evaluate(await nca.load(path), await targetOf(path), { onProgress })));
  }
  const table = [...HEAD, ...rows, ""].join("\n");
  const text = readFileSync(README, "utf8").replace(TABLE, (_, start, end) => `${start}\n${table}\n${end}`);
  await nca.writeFileAtomic(README, new TextEncoder().encode(text));
});
