// How far a pattern is from its target: the mean squared error over RGBA.

import { type Cells, sampleOf, type Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";

const RGBA = 4;

/** Throws InvalidInputError unless the target holds numbers from 0 to 1, as many as its size says. */
export function checkTarget(target: Target): void {
  checkLength(target);
  const { data } = target;
  const bad = data.findIndex((value) => !(value >= 0 && value <= 1));
  if (bad >= 0) {
    throw new InvalidInputError(`The target has ${data[bad]} at ${bad} of ${data.length}; expected 0 to 1.`);
  }
}

function checkLength({ data, height, width }: Target): void {
  const expected = height * width * RGBA;
  if (data.length === expected) return;
  throw new InvalidInputError(
    `The target holds ${data.length} numbers; [${height}, ${width}, ${RGBA}] needs ${expected}.`,
  );
}

function checkSize(cells: Cells, target: Target): void {
  checkLength(target);
  if (cells.height === target.height && cells.width === target.width) return;
  throw new InvalidInputError(
    `The cells are ${cells.height} x ${cells.width}, the target ${target.height} x ${target.width}; ` +
      "load the target with a size and padding that give the grid's size.",
  );
}

/** Mean squared error of every sample. */
export function pictureLosses(cells: Cells, target: Target): Float64Array {
  checkSize(cells, target);
  return Float64Array.from({ length: cells.count }, (_, sample) => {
    const { data, channels } = sampleOf(cells, sample);
    let sum = 0;
    for (let cell = 0; cell < target.height * target.width; cell++) {
      for (let channel = 0; channel < RGBA; channel++) {
        sum += (data[cell * channels + channel] - target.data[cell * RGBA + channel]) ** 2;
      }
    }
    return sum / target.data.length;
  });
}

export const OBJECTIVES = ["mean", "root", "log"] as const;
/**
 * What a training makes small, of its samples' mean squared errors: their mean, as Distill does, the mean of their
 * roots, or of their logarithms. A sample just wounded has fifty times the error of a healthy one and drowns it in the
 * mean; under the root both pull alike, and under the logarithm the healthy one pulls harder.
 */
export type Objective = (typeof OBJECTIVES)[number];

/** Keeps the slope of root and logarithm finite at a perfect picture. */
const EPSILON = 1e-6;

/** The slope of the objective in a sample's loss. */
const SLOPES: Record<Objective, (loss: number) => number> = {
  mean: () => 1,
  root: (loss) => 0.5 / Math.sqrt(loss + EPSILON),
  log: (loss) => 1 / (loss + EPSILON),
};

/** The gradient of the objective with respect to the cells, whose losses may be given; `log` is the natural logarithm. */
export function pictureLossGradient(
  cells: Cells,
  target: Target,
  objective: Objective = "mean",
  losses: ArrayLike<number> = pictureLosses(cells, target),
): Float32Array {
  const { channels, count } = cells;
  const gradient = new Float32Array(cells.data.length);
  const area = target.height * target.width;
  for (let sample = 0; sample < count; sample++) {
    const scale = (2 / (target.data.length * count)) * SLOPES[objective](losses[sample]);
    for (let cell = 0; cell < area; cell++) {
      for (let channel = 0; channel < RGBA; channel++) {
        const at = (sample * area + cell) * channels + channel;
        gradient[at] = scale * (cells.data[at] - target.data[cell * RGBA + channel]);
      }
    }
  }
  return gradient;
}

export function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** log10 of a mean squared error: the unit of all quality figures. */
export function logLoss(loss: number): number {
  return Math.log10(loss);
}

/** The middle of the values, the mean of the two in the middle of an even number; null of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] / 2 + sorted[sorted.length >> 1] / 2;
}

export interface LossSummary {
  readonly median: number;
  readonly worst: number;
}

/** Log losses in the middle and at worst; one that is not a number is as bad as can be. */
export function summaryOfLosses(logLosses: ArrayLike<number>): LossSummary {
  const logs = Array.from(logLosses, (loss) => (loss < Number.POSITIVE_INFINITY ? loss : Number.MAX_VALUE));
  return { median: median(logs) ?? Number.NaN, worst: Math.max(...logs) };
}
