// Where a training's files go, and what must not be lost there.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { TrainValues } from "../shared/train-flags.js";
import { UsageError } from "../shared/usage.js";

/** The unfinished training beside its rule. */
export const statePathOf = (out: string) => `${out}.training`;

/**
 * Whether it is another stage of the same file: the file keeps the recipe of all stages, and stays as it is until this one
 * is done.
 */
export function isStageOf({ from, out }: Pick<TrainValues, "from" | "out">): boolean {
  return from !== undefined && resolve(from) === resolve(out);
}

/**
 * Throws UsageError where a file that is there would be lost, or there is nothing to resume. `canStartFrom` says
 * whether the command takes a finished rule to start from.
 */
export function checkPaths(
  values: Pick<TrainValues, "out" | "resume" | "force" | "preview" | "from">,
  canStartFrom = true,
): void {
  const { out, resume, force, preview } = values;
  const state = statePathOf(out);
  if (!out.endsWith(".safetensors")) throw new UsageError(`--out is "${out}"; expected a .safetensors file.`);
  if (preview !== undefined && !preview.endsWith(".gif"))
    throw new UsageError(`--preview is "${preview}"; expected a .gif file.`);
  if (resume && force) throw new UsageError("--resume goes on and --force starts anew; give one of them.");
  const [isThere, isUnfinished, isStage] = [existsSync(out), existsSync(state), isStageOf(values)];
  if (resume && !isUnfinished && isThere && !isStage) {
    throw new UsageError(
      `${out} is finished, there is nothing to resume; ${canStartFrom ? `--from ${out} trains it further, ` : ""}--force trains it anew.`,
    );
  }
  if (resume || force) return;
  if (isUnfinished) {
    throw new UsageError(
      `${state} holds an unfinished training: --resume goes on with it, --force starts anew over it.`,
    );
  }
  if (isThere && !isStage) {
    throw new UsageError(
      `${out} is there already, and would be lost: give another --out, ${canStartFrom ? `or --from ${out} to train it further, ` : ""}or ` +
        "--force to train anew over it.",
    );
  }
}

/** A stage that is done has replaced the rule that it would start from. */
export function stageDone(out: string): UsageError {
  const state = statePathOf(out);
  const advice = existsSync(state)
    ? `remove ${state}, which is left over` // it was killed after it wrote its rule and before it removed its state
    : "without --resume the stage is trained once more";
  return new UsageError(`${out} is finished, there is nothing to resume; ${advice}.`);
}
