// What a rule is trained to do. A task owns its samples, the rules on the grid, the loss and its gradient, what counts
// as broken, and how the result is measured. The trainer, its pool, the safeguard and resuming know nothing else of it.

import type { Target } from "../cells/cells.js";
import type { Json } from "../cells/json.js";
import type { Random } from "../cells/random.js";
import type { Batch, Sample } from "../cells/sample.js";
import type { Engine } from "../engine/engine.js";
import type { Parameters, Rule } from "../rule/rule.js";
import type { SeededGrid } from "../rule/seeds.js";
import type { Rules } from "../rule/strains.js";

export interface MeasureOptions {
  /** The engine that computes it; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
  /** Seeds all randomness; 0 if not given. */
  readonly rngSeed?: number;
  /** Called with the progress so far, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** `Measured` is what `measure` returns about a rule. */
export interface Task<Measured = unknown> {
  /** What the task is, with all that decides its bits: it tells tasks apart, and is part of a rule's recipe. */
  readonly description: Json;
  /**
   * The rules on the grid, the trained one among them, and the trained rule's strain. Throws InvalidInputError for a
   * rule that cannot learn this task.
   */
  strainsWith(rule: Rule): { readonly rules: Rules; readonly trained: number };
  /** What a rollout starts from. */
  fresh(random: Random, engine: Engine): Promise<Sample>;
  /** The loss of every sample, after its rollout or as it is in the pool; 0 is perfect. */
  losses(batch: Batch): Float64Array;
  /**
   * The gradient, with respect to the cells, of the mean over samples of `slopes[i] * loss[i]`: float32 [count, height,
   * width, channels]. Asked for after `losses` of the same batch, whose cells are then as they were.
   */
  gradient(batch: Batch, slopes: Float64Array): Float32Array;
  /**
   * What becomes of a sample that a training damages (option `damaged`), in place of wounds: a digit that is drawn anew, say,
   * while its cells still believe in the old one.
   */
  change?(sample: Sample, random: Random): Sample;
  /**
   * Narrows what learns: changes the gradient of the rule's weights in place, before its tensors are normalised. A weight whose
   * gradient is always zero stays as it is.
   */
  narrow?(gradient: Parameters): void;
  /** Why a batch is lost after its rollout, so that training must go back; undefined when it is not lost. */
  broken(batch: Batch): string | undefined;
  /** How good a rule is at the task. */
  measure(rule: Rule, options?: MeasureOptions): Promise<Measured>;
  /** The grid and the seeds that patterns grow from, which the trained rule remembers. */
  readonly grid?: SeededGrid;
  /**
   * The picture, where the loss is the mean squared error against one: an engine may then take whole training steps on
   * its device, with its own `losses`, `gradient` and `broken`.
   */
  readonly picture?: Target;
}
