// Sees when a training breaks, and takes the rule back to weights that were good. A rule that lets every cell die has
// no gradient any more, and one that explodes has none worth following: neither comes back by itself.

import { ALPHA, type Cells } from "../cells/cells.js";
import { ALIVE_THRESHOLD, copyParameters, type Parameters, type Rule, zeroParameters } from "../rule/rule.js";
import type { Adam } from "./adam.js";

/** Of the running mean of the log loss: about the last twenty training steps. */
const SMOOTH = 0.95;
/** So far above its best value the running mean says that the rule is lost. Healthy trainings stay within 0.2. */
const LOST = 0.75;
/** Weights are remembered after so many training steps, if the running mean is this near to its best. */
const EVERY = 100;
const NEAR = 0.25;
/** After so many returns a training gives up. */
export const MAX_ROLLBACKS = 5;

/** Some cell is alive in some sample. */
function anyAlive({ data, channels }: Cells): boolean {
  for (let at = ALPHA; at < data.length; at += channels) if (data[at] > ALIVE_THRESHOLD) return true;
  return false;
}

/** The weights and moments of the optimizer that a training goes back to, and how it has fared. */
export class Safeguard {
  readonly weights: Parameters;
  readonly mean: Parameters;
  readonly square: Parameters;
  updates = 0;
  /** The running mean of the log loss, and the lowest it has been. */
  trend = Number.NaN;
  best = Number.POSITIVE_INFINITY;
  rollbacks = 0;

  constructor(
    private readonly rule: Rule,
    private readonly adam: Adam,
  ) {
    this.weights = zeroParameters(rule.spec);
    this.mean = zeroParameters(rule.spec);
    this.square = zeroParameters(rule.spec);
    this.remember();
  }

  /**
   * Why the training is broken, or undefined when it is well, after a rollout that left these cells; the log loss is of
   * the samples that were not wounded.
   */
  check(logLoss: number, finiteGradient: boolean, after: Cells): string | undefined {
    if (!Number.isFinite(logLoss) || !finiteGradient) return "the loss or its gradient is no longer finite";
    if (!anyAlive(after)) return "every cell of the batch is dead";
    this.trend = Number.isNaN(this.trend) ? logLoss : SMOOTH * this.trend + (1 - SMOOTH) * logLoss;
    this.best = Math.min(this.best, this.trend);
    if (this.trend <= this.best + LOST) return undefined;
    return `the log loss went up from ${this.best.toFixed(2)} to ${this.trend.toFixed(2)}`;
  }

  /** Remembers the weights with which this step's rollout was run, now and then while they are good. */
  note(step: number): void {
    if (step % EVERY === 0 && this.trend <= this.best + NEAR) this.remember();
  }

  /** Takes the rule and its optimizer back to what was remembered; the trend starts anew. */
  rollBack(): void {
    this.rollbacks++;
    copyParameters(this.weights, this.rule.parameters);
    copyParameters(this.mean, this.adam.mean);
    copyParameters(this.square, this.adam.square);
    this.adam.updates = this.updates;
    this.trend = Number.NaN;
    this.best = Number.POSITIVE_INFINITY;
  }

  private remember(): void {
    copyParameters(this.rule.parameters, this.weights);
    copyParameters(this.adam.mean, this.mean);
    copyParameters(this.adam.square, this.square);
    this.updates = this.adam.updates;
  }
}
