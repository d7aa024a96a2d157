// What a training makes small of its samples' losses, and how losses are told.

import { log10 } from "../cells/math.js";
import { median } from "../cells/statistics.js";

/** log10 of a mean squared error: the unit of all quality figures. */
export function logLoss(loss: number): number {
  return log10(loss);
}

/** A log loss as charts and pages show it: two places, and a minus sign as wide as a digit. */
export function logLossText(value: number): string {
  return value.toFixed(2).replace("-", "\u2212");
}

export const OBJECTIVES = ["mean", "root", "log"] as const;
/**
 * What a training makes small, of its samples' losses: their mean, as Distill does, the mean of their roots, or of their
 * logarithms. A sample just wounded has fifty times the error of a healthy one and drowns it in the mean; under the root
 * both pull alike, and under the logarithm the healthy one pulls harder.
 */
export type Objective = (typeof OBJECTIVES)[number];

/** Keeps the slope of root and logarithm finite at a perfect picture. */
const EPSILON = 1e-6;

/** The slope of the objective in a sample's loss; `log` is the natural logarithm. */
const SLOPES: Record<Objective, (loss: number) => number> = {
  mean: () => 1,
  root: (loss) => 0.5 / Math.sqrt(loss + EPSILON),
  log: (loss) => 1 / (loss + EPSILON),
};

/** The slope of the objective in every sample's loss. */
export function slopesOf(objective: Objective, losses: Float64Array): Float64Array {
  return losses.map(SLOPES[objective]);
}

/** Losses in the middle and at worst. */
export interface LossSummary {
  readonly median: number;
  readonly worst: number;
}

/** Log losses in the middle and at worst; one that is not a number is as bad as can be. */
export function summaryOfLosses(logLosses: ArrayLike<number>): LossSummary {
  const logs = Array.from(logLosses, (loss) => (loss < Number.POSITIVE_INFINITY ? loss : Number.MAX_VALUE));
  return { median: median(logs) ?? Number.NaN, worst: Math.max(...logs) };
}
