// Notices when training breaks, and takes the rule back to weights that were good. A rule that lets every cell die has
// no gradient any more, and one that explodes has none worth following: neither recovers by itself.

import { RECOVERED } from "./loss.js";

/** How much a step keeps of the running mean of the log loss: the mean of about the last twenty training steps. */
const SMOOTH = 0.95;
/** The lowest log loss that counts, since a loss of 0 has none. */
const PERFECT = -12;
/** The rule is lost when the running mean is this far above its best value. Healthy training stays within 0.2. */
const LOST = 0.75;
/** A rule whose patterns are whole is not lost: a trained one that learns something new is worse for a while. */
const FINE = RECOVERED;
/** Weights are remembered every `EVERY` training steps, if the running mean is within `NEAR` of its best value. */
const EVERY = 100;
const NEAR = 0.25;
/** The most returns to earlier weights before training gives up. */
export const MAX_ROLLBACKS = 5;

/** How training is going, and when it must go back. The learner keeps the weights to go back to. */
export class Safeguard {
  /** The running mean of the log loss, and the lowest it has been. */
  trend = Number.NaN;
  best = Number.POSITIVE_INFINITY;
  rollbacks = 0;

  /**
   * Why training is broken after a rollout, or undefined when it is not. `logLoss` is that of the samples that were not
   * damaged; `lost` is what the task says about the batch.
   */
  check(logLoss: number, finiteGradient: boolean, lost: string | undefined): string | undefined {
    if (!(logLoss < Number.POSITIVE_INFINITY) || !finiteGradient) {
      return "the loss or its gradient is no longer finite";
    }
    if (lost !== undefined) return lost;
    const level = Math.max(logLoss, PERFECT);
    this.trend = Number.isNaN(this.trend) ? level : SMOOTH * this.trend + (1 - SMOOTH) * level;
    this.best = Math.min(this.best, this.trend);
    if (this.trend <= Math.max(FINE, this.best + LOST)) return undefined;
    return `the log loss went up from ${this.best.toFixed(2)} to ${this.trend.toFixed(2)}`;
  }

  /** Whether the weights with which this step's rollout was run are worth remembering. */
  isGood(step: number): boolean {
    return step % EVERY === 0 && this.trend <= this.best + NEAR;
  }

  /** Training goes back: the trend starts anew. */
  goesBack(): void {
    this.rollbacks++;
    this.trend = Number.NaN;
    this.best = Number.POSITIVE_INFINITY;
  }
}
