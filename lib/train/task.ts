// What a rule is trained to do. A task owns its samples, the rules on the grid, the loss and its gradient, what counts as
// broken, and how the result is measured. The trainer, its pool, the safeguard and resuming know nothing else of it.

import type { Target } from "../cells/cells.js";
import type { Json } from "../cells/json.js";
import type { Random } from "../cells/random.js";
import type { Batch, Sample } from "../cells/sample.js";
import type { Engine } from "../engine/engine.js";
import type { Rule } from "../rule/rule.js";
import type { Rules } from "../rule/strains.js";

export interface MeasureOptions {
  /** What computes it; `engineFor` the rule if not given. */
  readonly engine?: Engine;
  /** Starts all randomness; 0 if not given. */
  readonly rngSeed?: number;
  /** Hears how far it is, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** `Measured` is what `measure` tells of a rule. */
export interface Task<Measured = unknown> {
  /** What it is, with all that decides its bits: it tells this task from others, and is part of a rule's recipe. */
  readonly description: Json;
  /**
   * What the grid lives by, the trained rule among it, and the trained rule's strain. Throws InvalidInputError for a rule
   * that cannot learn this.
   */
  strainsWith(rule: Rule): { readonly rules: Rules; readonly trained: number };
  /** What a rollout starts from. */
  fresh(random: Random, engine: Engine): Promise<Sample>;
  /** Of every sample, after its rollout or as it lies in the pool: 0 is perfect. */
  losses(batch: Batch): Float64Array;
  /**
   * The gradient of the mean over samples of `slopes[i] * loss[i]` in the cells, float32 [count, height, width, channels].
   */
  gradient(batch: Batch, slopes: Float64Array): Float32Array;
  /** Why a batch is lost after its rollout, so that the training must go back; undefined when it is well. */
  broken(batch: Batch): string | undefined;
  /** How good a rule is at it. */
  measure(rule: Rule, options?: MeasureOptions): Promise<Measured>;
  /**
   * Where the loss is the mean squared error against one picture: an engine may then take whole training steps on its
   * device, where `losses`, `gradient` and `broken` are its own.
   */
  readonly picture?: Target;
}
