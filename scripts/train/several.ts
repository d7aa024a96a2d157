// Several rules in one command: of as many pictures, or of one picture and as many rng seeds.

import { pictureIn } from "../shared/target.js";
import type { TrainValues } from "../shared/train-flags.js";
import { UsageError } from "../shared/usage.js";

const listOf = (text: string) => text.split(",").filter(Boolean);

/**
 * The flags of every rule that a command names in --out, a list with commas. With one --target for all, rng seeds count up from
 * --rng-seed.
 */
export function rulesOf(values: TrainValues): TrainValues[] {
  const outs = listOf(values.out);
  if (outs.length <= 1) return [values];
  const targets = listOf(values.target);
  if (targets.length !== 1 && targets.length !== outs.length) {
    throw new UsageError(
      `--target names ${targets.length} pictures and --out ${outs.length} rules; expected as many of both, or one picture ` +
        "for rules of several rng seeds.",
    );
  }
  if (new Set(outs).size < outs.length)
    throw new UsageError("--out names a file twice; expected one for every rule.");
  if (values.preview !== undefined) throw new UsageError("--preview shows one rule; --out names several.");
  return outs.map((out, i) => {
    if (targets.length > 1) return { ...values, out, target: pictureIn(targets[i]) };
    return { ...values, out, rngSeed: values.rngSeed + i };
  });
}
