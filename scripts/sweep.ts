// npm run sweep: carries out a plan of many trainings, here or shared among machines, and merges what they came to.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { engineNamed } from "../lib/engine/engines.js";
import { completeOptions } from "../lib/train/options.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { file, flag, rngSeedFlag, whole } from "./shared/flags.js";
import { duration, Progress } from "./shared/progress.js";
import { optionsOf } from "./shared/train-flags.js";
import { UsageError } from "./shared/usage.js";
import { Folder } from "./sweep/folder.js";
import { pageOf } from "./sweep/page.js";
import { describe, type Planned, planIn } from "./sweep/plan.js";
import { verified } from "./sweep/verify.js";
import { carryOut, shapeOf, valuesIn, type Work } from "./sweep/work.js";
import { jobFor, stopping } from "./train/run.js";

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
    flag("--only <ids>", "the trainings of these ids, with commas", "ids as --list prints them", (text) =>
      text.split(","),
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

const stepsOf = ({ values }: Planned) => completeOptions(optionsOf(values)).steps;
const nameOf = (one: Planned) => one.name ?? describe(one.flags);
const engineFor = ({ values }: Planned) => engineNamed(values.engine ?? "wasm");

/** The trainings with all that others must come before, which come before. */
function withOthers(all: readonly Planned[]): Planned[] {
  const seen = new Map<string, Planned>();
  const add = (one: Planned): void => {
    one.after.forEach(add);
    seen.set(one.id, one);
  };
  all.forEach(add);
  return [...seen.values()];
}

/** What comes next: what nobody has begun, else what was begun longest ago; several where a device computes them at once. */
async function next(left: readonly Planned[], folder: Folder, together: number): Promise<Planned[]> {
  const ready = left.filter(({ after }) => after.every(folder.isDone));
  const inOrder = ready
    .map((one, i) => ({ one, i, touched: folder.touched(one) }))
    .sort((a, b) => a.touched - b.touched || a.i - b.i)
    .map(({ one }) => one);
  const [first] = inOrder;
  if (engineFor(first).together === undefined) return [first];
  const shape = await shapeOf(first);
  const alike: Planned[] = [];
  for (const one of inOrder) if (alike.length < together && (await shapeOf(one)) === shape) alike.push(one);
  return alike;
}

/** How long a training step takes here. */
async function secondsAStep(folder: Folder, one: Planned): Promise<number> {
  const nca = await import("../lib/node.js");
  const { job, values } = await jobFor(valuesIn(folder, one, 1), (name) => one.given.has(name));
  const trainer = new nca.Trainer(job.rule, job.task, { ...optionsOf(values), engine: engineFor(one) });
  const cost = await nca.stepCost(trainer);
  await trainer.learner.close?.();
  return cost?.seconds ?? Number.NaN;
}

/** Trains all that are not done. */
async function sweep(
  plan: readonly Planned[],
  mine: readonly Planned[],
  folder: Folder,
  title: string,
  options: Pick<Work, "checkpointSeconds"> & { together: number },
): Promise<void> {
  const all = withOthers(mine);
  const left = () => all.filter((one) => !folder.isDone(one));
  const steps = left().reduce((sum, one) => sum + stepsOf(one), 0);
  console.error(
    `${all.length - left().length} of ${all.length} trainings are done; ${steps.toLocaleString("en")} training steps are left.`,
  );
  const [first] = left();
  if (first) {
    const seconds = (await secondsAStep(folder, first)) * steps;
    console.error(
      `About ${duration(seconds)} here, if all take as long a step as ${nameOf(first)} with grown patterns.`,
    );
  }
  const progress = new Progress(steps);
  const stop = stopping();
  const done = new Map<string, number>();
  let pageAt = 0;
  const onChange = async (isLast = false) => {
    if (!isLast && performance.now() - pageAt < PAGE_MS) return;
    pageAt = performance.now();
    await folder.putTable(plan);
    await folder.putPage(pageOf(title, plan, folder, stepsOf));
  };
  const onStep = (one: Planned, step: number, logLoss: number) => {
    done.set(one.id, step);
    const sum = [...done.values()].reduce((a, b) => a + b, 0);
    progress.update(
      Math.min(sum, steps - 1),
      `${all.length - left().length + 1}/${all.length} ${nameOf(one)}, log loss ${logLoss.toFixed(2)}`,
    );
  };
  await onChange(true);
  for (let some = left(); some.length > 0; some = left()) {
    const now = await next(some, folder, options.together);
    await carryOut(now, engineFor(now[0]), {
      folder,
      stop,
      progress,
      checkpointSeconds: options.checkpointSeconds,
      onStep,
      onChange,
    });
    for (const one of now) done.set(one.id, stepsOf(one));
  }
  await onChange(true);
  const rows = await folder.putTable(plan);
  console.error(
    `${rows} of ${plan.length} rows are in ${join(folder.path, "table.csv")}; ${join(folder.path, "index.html")} shows them.`,
  );
}

await runCommand(import.meta.url, sweepFlags, async ({ names, values }) => {
  const [path] = names as readonly (string | undefined)[];
  if (path === undefined) throw new UsageError("There is no plan; give a .json file.");
  const { shard, only, list, verify, rngSeed, together, checkpointSeconds } = values;
  const plan = planIn(path);
  const folder = new Folder(values.out ?? path.replace(/\.json$/, ""));
  const unknown = only?.find((id) => plan.every((one) => one.id !== id));
  if (unknown !== undefined)
    throw new UsageError(
      `"${unknown}" is no training of ${path}: the plan, its pictures or this program have changed since --list said so.`,
    );
  const mine = plan.filter(
    (one, i) => (!only || only.includes(one.id)) && (!shard || i % shard[1] === shard[0] - 1),
  );
  if (list) {
    for (const one of mine) if (!folder.isDone(one)) process.stdout.write(`${one.id}\n`);
    return;
  }
  if (verify === undefined)
    return sweep(plan, mine, folder, basename(path, ".json"), { together, checkpointSeconds });
  const elsewhere = mkdtempSync(join(tmpdir(), "nca-verify-"));
  try {
    const wrong = await verified(mine, folder, new Folder(elsewhere), {
      count: verify,
      rngSeed,
      engineFor,
      stepsOf,
      nameOf,
    });
    if (wrong > 0) process.exitCode = 1;
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
