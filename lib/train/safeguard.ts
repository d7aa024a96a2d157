// Sees when a training breaks, and takes the rule back to weights that were good. A rule that lets every cell die has
// no gradient any more, and one that explodes has none worth following: neither comes back by itself.

/** Of the running mean of the log loss: about the last twenty training steps. */
const SMOOTH = 0.95;
/** A log loss as low as any: a loss of 0 has none. */
const PERFECT = -12;
/** So far above its best value the running mean says that the rule is lost. Healthy trainings stay within 0.2. */
const LOST = 0.75;
/** Weights are remembered after so many training steps, if the running mean is this near to its best. */
const EVERY = 100;
const NEAR = 0.25;
/** After so many returns a training gives up. */
export const MAX_ROLLBACKS = 5;

/** How a training has fared, and when it must go back. The learner keeps the weights to go back to. */
export class Safeguard {
  /** The running mean of the log loss, and the lowest it has been. */
  trend = Number.NaN;
  best = Number.POSITIVE_INFINITY;
  rollbacks = 0;

  /**
   * Why the training is broken after a rollout, or undefined when it is well. The log loss is of the samples that were
   * not wounded; `lost` is what the task says of the batch.
   */
  check(logLoss: number, finiteGradient: boolean, lost: string | undefined): string | undefined {
    if (!(logLoss < Number.POSITIVE_INFINITY) || !finiteGradient) {
      return "the loss or its gradient is no longer finite";
    }
    if (lost !== undefined) return lost;
    const level = Math.max(logLoss, PERFECT);
    this.trend = Number.isNaN(this.trend) ? level : SMOOTH * this.trend + (1 - SMOOTH) * level;
    this.best = Math.min(this.best, this.trend);
    if (this.trend <= this.best + LOST) return undefined;
    return `the log loss went up from ${this.best.toFixed(2)} to ${this.trend.toFixed(2)}`;
  }

  /** Whether the weights with which this step's rollout was run are worth remembering. */
  isGood(step: number): boolean {
    return step % EVERY === 0 && this.trend <= this.best + NEAR;
  }

  /** The training goes back: the trend starts anew. */
  goesBack(): void {
    this.rollbacks++;
    this.trend = Number.NaN;
    this.best = Number.POSITIVE_INFINITY;
  }
}
