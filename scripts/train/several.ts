// Several rules in one command: of as many pictures, or of one picture and as many rng seeds.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { MOST } from "../shared/flags.js";
import { pictureIn } from "../shared/target.js";
import type { TrainValues } from "../shared/train-flags.js";
import { UsageError } from "../shared/usage.js";
import { isStageOf, statePathOf } from "./paths.js";

/** The parts of a list with commas. */
export const listOf = (text: string) => text.split(",").flatMap((part) => part.trim() || []);

/**
 * The flags of every rule that a command names in --out, a list with commas. With one --target for all, rng seeds count up from
 * --rng-seed.
 */
export function rulesOf(values: TrainValues): TrainValues[] {
  const outs = listOf(values.out);
  if (outs.length <= 1 && (!values.target.includes(",") || existsSync(values.target))) return [values];
  const targets = listOf(values.target);
  if (targets.length !== 1 && targets.length !== outs.length) {
    throw new UsageError(
      `--target names ${targets.length} pictures and --out ${outs.length}; expected as many of both, or one picture for ` +
        "rules of several rng seeds.",
    );
  }
  if (new Set(outs.map((out) => resolve(out))).size < outs.length)
    throw new UsageError("--out names a file twice; expected one for every rule.");
  if (values.preview !== undefined) throw new UsageError("--preview shows one rule; --out names several.");
  if (targets.length === 1 && values.rngSeed + outs.length - 1 > MOST)
    throw new UsageError(
      `--rng-seed ${values.rngSeed} cannot count up to ${outs.length} rules; give a lower one.`,
    );
  return outs.map((out, i) => {
    if (targets.length > 1) return { ...values, out, target: pictureIn(targets[i]) };
    return { ...values, out, rngSeed: values.rngSeed + i };
  });
}

/** Without those rules that an earlier run of the same command finished, where it is to go on; all of them if none is left. */
export function unfinishedOf(all: readonly TrainValues[]): readonly TrainValues[] {
  const isDone = (values: TrainValues) =>
    values.resume && !isStageOf(values) && existsSync(values.out) && !existsSync(statePathOf(values.out));
  const left = all.filter((values) => !isDone(values));
  if (left.length === 0 || left.length === all.length) return all;
  for (const { out } of all.filter(isDone)) console.error(`${out} is finished.`);
  return left;
}
