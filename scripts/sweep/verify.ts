// Makes rows of a sweep again and compares them: on engines that promise it, bit for bit.

import { Random } from "../../lib/cells/random.js";
import type { Engine } from "../../lib/node.js";
import { Progress } from "../shared/progress.js";
import { UsageError } from "../shared/usage.js";
import { stopping } from "../train/run.js";
import type { Folder, Row } from "./folder.js";
import { withNeeded } from "./order.js";
import type { Planned } from "./plan.js";
import { carryOut, hashIn } from "./work.js";

/** How far medians of log losses may be apart on an engine whose rounding is a device's own. */
const APART = 0.1;

export interface VerifyOptions {
  readonly count: number;
  readonly rngSeed: number;
  readonly engineFor: (one: Planned) => Engine;
}

/** Makes random rows again, in another folder. Prints a line for each; returns how many are not the same. */
export async function verified(
  plan: readonly Planned[],
  folder: Folder,
  elsewhere: Folder,
  { count, rngSeed, engineFor }: VerifyOptions,
): Promise<number> {
  const done = plan.filter(folder.isDone);
  if (done.length === 0) throw new UsageError(`${folder.path} has no rows yet; there is nothing to verify.`);
  const chosen = new Random(rngSeed).sample(Math.min(count, done.length), done.length).map((i) => done[i]);
  elsewhere.make();
  const needed = withNeeded(chosen);
  const progress = new Progress(needed.reduce((sum, { steps }) => sum + steps, 0));
  const stop = stopping();
  let before = 0;
  for (const one of needed) {
    await carryOut([one], engineFor(one), {
      folder: elsewhere,
      stop,
      progress,
      checkpointSeconds: 3600,
      onStep: (_, step) => progress.update(before + step, one.label),
      onChange: async () => {},
    });
    before += one.steps;
  }
  let wrong = 0;
  for (const one of chosen) {
    const row = folder.row(one)!;
    const isSame = (await hashIn(folder.rule(one))) === row.rule;
    const problem = isSame ? differenceOf(row, elsewhere.row(one)!) : "its rule's file is another";
    if (problem) wrong++;
    process.stdout.write(`${one.id}  ${problem ?? "the same"}  ${one.label}\n`);
  }
  return wrong;
}

/** What tells a row from the one that was made again; undefined if they are the same, or near enough where that is all that is promised. */
export function differenceOf(row: Row, again: Row): string | undefined {
  if (row.engine !== "webgpu") {
    const isSame = row.rule === again.rule && JSON.stringify(row.measured) === JSON.stringify(again.measured);
    if (isSame) return undefined;
    return row.rule === again.rule
      ? "the same rule, measured otherwise"
      : `other bits (${row.rule.slice(0, 12)}, again ${again.rule.slice(0, 12)})`;
  }
  type Losses = Record<string, { readonly median: number }>;
  const medians = ({ measured }: Row) => (measured as never as { readonly logLoss: Losses }).logLoss;
  const other = Object.entries(medians(row)).find(
    ([step, { median }]) => !(Math.abs(median - medians(again)[step].median) <= APART),
  );
  return (
    other &&
    `log loss at ${other[0]}: ${other[1].median.toFixed(2)}, again ${medians(again)[other[0]].median.toFixed(2)}`
  );
}
