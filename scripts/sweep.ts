// npm run sweep: carries out a plan of many trainings, here or shared among machines, and merges what they came to.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { type EngineName, engineNamed } from "../lib/engine/engines.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { file, flag, rngSeedFlag, whole } from "./shared/flags.js";
import { duration, Progress } from "./shared/progress.js";
import { optionsOf } from "./shared/train-flags.js";
import { guess, UsageError } from "./shared/usage.js";
import { Folder } from "./sweep/folder.js";
import { claimed, withNeeded } from "./sweep/order.js";
import { pageOf } from "./sweep/page.js";
import { type Planned, planIn } from "./sweep/plan.js";
import { verified } from "./sweep/verify.js";
import { carryOut, valuesIn, type Work } from "./sweep/work.js";
import { jobFor, stopping } from "./train/run.js";
import { listOf } from "./train/several.js";

/** Milliseconds between two pages, at least. */
const PAGE_MS = 5000;

/** i/n: every n-th training from the i-th on. */
function shardIn(text: string): readonly [number, number] | undefined {
  const [, i, n] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [index, count] = [Number(i), Number(n)];
  return i !== undefined && count >= 1 && index >= 1 && index <= count ? [index, count] : undefined;
}

export const sweepFlags = command(
  "sweep",
  "Carries out a plan of many trainings: here, or shared among machines. What is done stays done.",
  ["my-plan.json", "my-plan.json --shard 2/8", "my-plan.json --list", "my-plan.json --verify 3"],
)
  .argument("[plan]", "a .json file: see docs/sweeps.md")
  .optionsGroup("Which trainings:")
  .addOption(
    flag("--shard <i/n>", "every n-th training from the i-th on", "such as 2/8, from 1/8 to 8/8", shardIn),
  )
  .addOption(
    flag(
      "--only <trainings>",
      "these alone, and what they need: ids or names, with commas",
      "ids as --list prints them, or names of the plan",
      listOf,
    ),
  )
  .addOption(new Option("--list", "print the ids of those that are not done, a line each, and train nothing"))
  .addOption(whole("--together <number>", "how many a graphics card trains at once", 1, 64).default(16))
  .optionsGroup("What comes of it:")
  .addOption(
    file("--out <folder>", "where rules, rows, the table and the page go").default(
      undefined,
      "the plan's name without .json",
    ),
  )
  .addOption(whole("--verify <number>", "make so many random rows again, elsewhere, and compare", 1, 1e6))
  .addOption(rngSeedFlag("which rows are verified"))
  .optionsGroup(RUNNING)
  .addOption(whole("--checkpoint-seconds <number>", "how often a training's state is written").default(120));

const engineFor = ({ engine }: Planned) => engineNamed(engine as EngineName);
/** Milliseconds between two signs that a training is under way. */
const TOUCH_MS = 30_000;

/** How long a training step takes here. */
async function secondsAStep(folder: Folder, one: Planned): Promise<number> {
  const nca = await import("../lib/node.js");
  const { job, values } = await jobFor(valuesIn(folder, one, 1), one.isGiven);
  const trainer = new nca.Trainer(job.rule, job.task, { ...optionsOf(values), engine: engineFor(one) });
  const cost = await nca.stepCost(trainer);
  await trainer.learner.close?.();
  return cost?.seconds ?? Number.NaN;
}

/** Trains all that are not done. Returns how many failed. */
async function sweep(
  plan: readonly Planned[],
  mine: readonly Planned[],
  folder: Folder,
  title: string,
  { together, checkpointSeconds }: Pick<Work, "checkpointSeconds"> & { readonly together: number },
): Promise<number> {
  const nca = await import("../lib/node.js");
  folder.make();
  const all = withNeeded(mine);
  const failed = new Map<string, string>();
  const isLost = (one: Planned): boolean => failed.has(one.id) || one.after.some(isLost);
  const left = () => all.filter((one) => !folder.isDone(one) && !isLost(one));
  const steps = left().reduce((sum, one) => sum + one.steps, 0);
  console.error(
    `${all.length - left().length} of ${all.length} trainings are done; ${steps.toLocaleString("en")} training steps are left.`,
  );
  const first = left().find(({ after }) => after.length === 0);
  if (first) {
    const seconds = (await secondsAStep(folder, first).catch(() => Number.NaN)) * steps; // it will be told when its turn comes
    if (Number.isFinite(seconds))
      console.error(
        `About ${duration(seconds)} here, and the time to measure them, if all take as long a step as ${first.label} with grown patterns.`,
      );
  }
  const progress = new Progress(steps);
  const stop = stopping();
  const done = new Map<string, number>();
  let number = 0; // of the training under way, among all
  let pageAt = 0;
  const onChange = async (isLast = false) => {
    if (!isLast && performance.now() - pageAt < PAGE_MS) return;
    pageAt = performance.now();
    await folder.putTable(plan);
    await folder.putPage(pageOf(title, plan, folder));
  };
  const onStep = (one: Planned, step: number, logLoss: number) => {
    done.set(one.id, step);
    const sum = [...done.values()].reduce((a, b) => a + b, 0);
    progress.update(
      Math.min(sum, steps - 1),
      `${number}/${all.length} ${one.label}, log loss ${logLoss.toFixed(2)}`,
    );
  };
  const onWait = () => progress.say("Others are at work on all that is left: waiting for them.");
  await onChange(true);
  for (;;) {
    const now = await claimed(left(), { folder, together, engineFor, stop, onWait });
    if (now.length === 0) break;
    number = all.length - left().length + 1;
    const touching = setInterval(() => now.forEach(folder.touch), TOUCH_MS);
    try {
      await carryOut(now, engineFor(now[0]), { folder, stop, progress, checkpointSeconds, onStep, onChange });
    } catch (error) {
      if (error instanceof nca.InterruptedError) {
        progress.say("The same command goes on from here.");
        throw error;
      }
      if (!(error instanceof nca.NcaError)) throw error;
      for (const one of now) if (!folder.isDone(one)) failed.set(one.id, `${one.label}: ${error.message}`);
      for (const why of failed.values()) progress.say(why);
    } finally {
      clearInterval(touching);
      now.forEach(folder.release);
    }
    for (const one of now) done.set(one.id, one.steps);
  }
  await onChange(true);
  if (stop.aborted) throw new nca.InterruptedError("The sweep was stopped.");
  const rows = await folder.putTable(plan);
  console.error(
    `${rows} of ${plan.length} rows are in ${join(folder.path, "table.csv")}; ${join(folder.path, "index.html")} shows them.`,
  );
  for (const why of failed.values()) console.error(`Failed: ${why}`);
  return failed.size;
}

await runCommand(import.meta.url, sweepFlags, async ({ names, values }) => {
  const [path] = names as readonly (string | undefined)[];
  if (path === undefined) throw new UsageError("There is no plan; give a .json file.");
  if (!path.endsWith(".json")) throw new UsageError(`The plan is "${path}"; expected a .json file.`);
  const { shard, only, list, verify, rngSeed, together, checkpointSeconds } = values;
  const plan = planIn(path);
  const folder = new Folder(values.out ?? path.replace(/\.json$/, ""));
  const isCalled = ({ id, name }: Planned, text: string) => text === id || text === name;
  const unknown = only?.find((text) => !plan.some((one) => isCalled(one, text)));
  if (unknown !== undefined) {
    const known = plan.flatMap(({ name }) => name ?? []);
    throw new UsageError(
      `"${unknown}" is neither an id nor a name of a training in ${path}.${guess(unknown, known)} Ids change with the plan, its ` +
        "pictures and this program; --list prints them anew.",
    );
  }
  const mine = plan.filter(
    (one, i) =>
      (!only || only.some((text) => isCalled(one, text))) && (!shard || i % shard[1] === shard[0] - 1),
  );
  if (list) {
    for (const one of mine) if (!folder.isDone(one)) process.stdout.write(`${one.id}\n`);
    return;
  }
  if (verify === undefined) {
    const failed = await sweep(plan, mine, folder, basename(path, ".json"), { together, checkpointSeconds });
    if (failed > 0) process.exitCode = 1;
    return;
  }
  const elsewhere = mkdtempSync(join(tmpdir(), "nca-verify-"));
  try {
    const wrong = await verified(mine, folder, new Folder(elsewhere), { count: verify, rngSeed, engineFor });
    if (wrong > 0) process.exitCode = 1;
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
