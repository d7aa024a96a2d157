// A learner takes the training steps: it holds the weights that learn, the optimizer and the sample pool. An engine may
// have a learner of its own, which keeps all of this on a device, so that only the losses of a step come back.

import type { Cells, Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import type { PoolState } from "../cells/pool.js";
import type { Sample } from "../cells/sample.js";
import type { Wound } from "../cells/wound.js";
import type { Parameters, Rule } from "../rule/rule.js";
import type { Strains } from "../rule/strains.js";

/** What a learner is asked to train: plain data, which a device can hold. */
export interface LearnerOrder {
  /** The rule that learns, with the weights that it starts from. */
  readonly rule: Rule;
  /** All rules on the grid; the one that learns is at index `trained`. */
  readonly strains: Strains;
  readonly trained: number;
  readonly loss: LossData;
  /** How much of the weights' running mean a step keeps; 0 where there is no mean. */
  readonly average: number;
  /** Samples of a step, the most CA steps of its rollout, and samples of the pool; 0 where there is no pool. */
  readonly batch: number;
  readonly mostSteps: number;
  readonly poolSize: number;
}

/** A loss that a device can compute by itself. */
export interface LossData {
  /** The mean squared error over RGBA against this picture. */
  readonly picture: Target;
  /** What is minimised: the mean of the samples' losses, of their square roots, or of their logarithms. */
  readonly objective: "mean" | "root" | "log";
}

/** One training step: which samples, what happens to them, and for how long they live. */
export interface StepPlan {
  /** Samples of the pool, in the order in which they stand in the batch; none where the whole batch is fresh. */
  readonly slots: readonly number[];
  /** Fresh samples, which replace the first of the slots, or are the whole batch. */
  readonly fresh: readonly Sample[];
  /** Damage, by place in the batch. */
  readonly wounds: ReadonlyMap<number, Wound>;
  /** Samples that the task changes in place of wounds, by place in the batch: what seeds that. */
  readonly changes?: ReadonlyMap<number, number>;
  /** CA steps of the rollout. */
  readonly steps: number;
  /** Seeds the rollout's coin tosses. */
  readonly rngSeed: number;
}

/** What is said of a batch without a living cell: see `StepResult.broken`. */
export const ALL_DEAD = "every cell of the batch is dead";

/** What a rollout and its backward pass have shown. */
export interface StepResult {
  /** The loss of every sample, after its rollout. */
  readonly losses: Float64Array;
  /** Whether every number of the gradient is finite. */
  readonly finite: boolean;
  /** Why the batch is lost, such as that every cell is dead; undefined when it is not lost. */
  readonly broken: string | undefined;
  /** The batch before and after its rollout; must be called before the next step. */
  states(): Promise<{ readonly before: Cells; readonly after: Cells }>;
}

/**
 * Everything that has the shape of the rule's parameters, by the prefix of its names in a file: "" for the weights,
 * "average." for their running mean where there is one, "adam.mean." and "adam.square." for the optimizer's moments,
 * and "good.", "good.adam.mean.", "good.adam.square." for what was last remembered.
 */
export type LearnerTensors = Readonly<Record<string, Parameters>>;

/** The prefixes of a learner's tensors; `average` is its order's. */
export function prefixesOf(average: number): readonly string[] {
  const mean = average > 0 ? ["average."] : [];
  return ["", ...mean, "adam.mean.", "adam.square.", "good.", "good.adam.mean.", "good.adam.square."];
}

/** Throws InvalidInputError unless a saved state has all tensors of a learner. */
export function checkTensors(tensors: LearnerTensors, average: number): void {
  const missing = prefixesOf(average).find((prefix) => !(prefix in tensors));
  if (missing === undefined) return;
  throw new InvalidInputError(`The saved state lacks ${missing}w1 and others: it is of another training.`);
}

/** A learner's whole state, to be saved. */
export interface LearnerState {
  readonly tensors: LearnerTensors;
  /** How many updates the optimizer has made by now, and had made when `remember` was last called. */
  readonly updates: number;
  readonly goodUpdates: number;
  readonly pool: PoolState;
}

/** Whatever needs a device throws EngineError when that is lost, and InvalidInputError when the learner was closed. */
export interface Learner {
  /** Replaces the pool with these samples, taken one at a time. */
  fill(samples: AsyncIterable<Sample>): Promise<void>;
  /** The losses of samples of the pool, as they are there. */
  losses(slots: readonly number[]): Promise<Float64Array>;
  /** Computes a step's rollout and its gradient. Neither the weights nor the pool change yet. */
  run(plan: StepPlan): Promise<StepResult>;
  /** Moves the weights against the gradient of the last run, and puts its last states into the pool. */
  learn(learningRate: number): Promise<void>;
  /** Remembers the weights and the optimizer as good. */
  remember(): Promise<void>;
  /** Takes weights and optimizer back to what was last remembered, and sets the running mean to these weights. */
  goBack(): Promise<void>;
  /** Copies of the weights and of their running mean; where there is no mean, `average` is the weights themselves. */
  weights(): Promise<{ readonly last: Parameters; readonly average: Parameters }>;
  save(): Promise<LearnerState>;
  /** Throws InvalidInputError for the state of another training run. */
  restore(state: LearnerState): Promise<void>;
  /**
   * Gives back what the training held on a device; learners side by side no longer wait for this one. Of a closed learner only
   * `weights` can be asked for. Closing it again does nothing.
   */
  close?(): Promise<void>;
}
