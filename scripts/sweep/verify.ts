// Makes rows of a sweep again and compares them: on engines that promise it, bit for bit.

import { Random } from "../../lib/cells/random.js";
import type { Engine, Json } from "../../lib/node.js";
import { Progress } from "../shared/progress.js";
import { UsageError } from "../shared/usage.js";
import { stopping } from "../train/run.js";
import type { Folder, Row } from "./folder.js";
import type { Planned } from "./plan.js";
import { carryOut } from "./work.js";

/** How far medians of log losses may be apart on an engine whose rounding is a device's own. */
const APART = 0.1;

export interface VerifyOptions {
  readonly count: number;
  readonly rngSeed: number;
  readonly engineFor: (one: Planned) => Engine;
  readonly stepsOf: (one: Planned) => number;
  readonly nameOf: (one: Planned) => string;
}

/** Makes random rows again, in another folder. Prints a line for each; returns how many are not the same. */
export async function verified(
  plan: readonly Planned[],
  folder: Folder,
  elsewhere: Folder,
  { count, rngSeed, engineFor, stepsOf, nameOf }: VerifyOptions,
): Promise<number> {
  const done = plan.filter(folder.isDone);
  if (done.length === 0) throw new UsageError(`${folder.path} has no rows yet; there is nothing to verify.`);
  const chosen = new Random(rngSeed).sample(Math.min(count, done.length), done.length).map((i) => done[i]);
  const made = new Set<string>();
  const needed: Planned[] = [];
  const need = (one: Planned): void => {
    one.after.forEach(need);
    if (!made.has(one.id)) needed.push(one);
    made.add(one.id);
  };
  chosen.forEach(need);
  const progress = new Progress(needed.reduce((sum, one) => sum + stepsOf(one), 0));
  let before = 0;
  for (const one of needed) {
    await carryOut([one], engineFor(one), {
      folder: elsewhere,
      stop: stopping(),
      progress,
      checkpointSeconds: 3600,
      onStep: (_, step) => progress.update(before + step, nameOf(one)),
      onChange: async () => {},
    });
    before += stepsOf(one);
  }
  let wrong = 0;
  for (const one of chosen) {
    const problem = differenceOf(folder.row(one)!, elsewhere.row(one)!);
    if (problem) wrong++;
    process.stdout.write(`${one.id}  ${problem ?? "the same"}  ${nameOf(one)}\n`);
  }
  return wrong;
}

/** What tells a row from the one that was made again; undefined if they are the same, or near enough where that is all that is promised. */
export function differenceOf(row: Row, again: Row): string | undefined {
  if (row.engine !== "webgpu") {
    const isSame = row.rule === again.rule && JSON.stringify(row.measured) === JSON.stringify(again.measured);
    return isSame ? undefined : `other bits (${row.rule.slice(0, 12)}, again ${again.rule.slice(0, 12)})`;
  }
  const medians = ({ measured }: Row) =>
    (measured as { logLoss: Record<string, { median: number }> }).logLoss as Json as never as Record<
      string,
      { median: number }
    >;
  const other = Object.entries(medians(row)).find(
    ([step, { median }]) => !(Math.abs(median - medians(again)[step].median) <= APART),
  );
  return (
    other &&
    `log loss at ${other[0]}: ${other[1].median.toFixed(2)}, again ${medians(again)[other[0]].median.toFixed(2)}`
  );
}
