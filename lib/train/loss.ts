// What training minimises over its samples' losses, and how losses are reported.

import { log10 } from "../cells/math.js";
import { median } from "../cells/statistics.js";

/** log10 of a mean squared error: the unit of all quality figures. */
export function logLoss(loss: number): number {
  return log10(loss);
}

/** A log loss as charts and pages show it: two decimal places, and a minus sign as wide as a digit. */
export function logLossText(value: number): string {
  return value.toFixed(2).replace("-", "\u2212");
}

/** A pattern has recovered when its log loss is below this. */
export const RECOVERED = -3;

/** How many patterns of how many have recovered. */
export interface Recovered {
  /** A share, from 0 to 1. */
  readonly recovered: number;
  readonly cases: number;
}

/** How many patterns with these mean squared errors have recovered. */
export function recoveredOf(losses: Float64Array): Recovered {
  const cases = losses.length;
  return { recovered: losses.filter((loss) => logLoss(loss) < RECOVERED).length / cases, cases };
}

export const OBJECTIVES = ["mean", "root", "log"] as const;
/**
 * What training minimises: the mean of its samples' losses, as Distill does, of their square roots, or of their
 * logarithms. A sample that was just damaged has fifty times the error of a healthy one and drowns it out in the mean;
 * under the root both pull equally hard, and under the logarithm the healthy one pulls harder.
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

/** The median and the worst of some losses. */
export interface LossSummary {
  readonly median: number;
  readonly worst: number;
}

/** The median and the worst of some log losses; one that is not a number counts as the worst possible. */
export function summaryOfLosses(logLosses: ArrayLike<number>): LossSummary {
  const logs = Array.from(logLosses, (loss) => (loss < Number.POSITIVE_INFINITY ? loss : Number.MAX_VALUE));
  return { median: median(logs) ?? Number.NaN, worst: Math.max(...logs) };
}
