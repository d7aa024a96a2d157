// Perception: what a cell senses of its 3x3 neighbourhood, as fixed filters that every channel passes through.

import { checkOneOf } from "../cells/errors.js";
import { cosSin } from "../cells/math.js";

export const PERCEPTIONS = ["sobel", "laplacian", "neighbourhood"] as const;
export type Perception = (typeof PERCEPTIONS)[number];

const IDENTITY = [0, 0, 0, 0, 1, 0, 0, 0, 0];
/** Divided by 8, so that a slope of one per cell is sensed as one. */
const SOBEL_X = [-1, 0, 1, -2, 0, 2, -1, 0, 1].map((weight) => weight / 8);
const SOBEL_Y = [-1, -2, -1, 0, 0, 0, 1, 2, 1].map((weight) => weight / 8);
/** The 9-point Laplacian, divided by 4, so that a quadratic is sensed as its second derivative. */
const LAPLACIAN = [1, 2, 1, 2, -12, 2, 1, 2, 1].map((weight) => weight / 4);

/** K: how many filters a perception has. */
export const FILTER_COUNTS: Record<Perception, number> = { sobel: 3, laplacian: 4, neighbourhood: 9 };

/**
 * The filters of a perception: K of 9 weights each, row by row from the upper left neighbour.
 *
 * @param angle radians; rotates what a cell takes for right and down (the two gradients)
 * Source: Mordvintsev et al. 2020 (`sobel`); `neighbourhood` is the raw patch, as a learned 3x3 convolution sees it.
 */
export function filtersOf(perception: Perception, angle = 0): Float32Array[] {
  checkOneOf("perception", perception, PERCEPTIONS);
  const [cos, sin] = cosSin(angle);
  const gradients = [
    SOBEL_X.map((x, i) => cos * x - sin * SOBEL_Y[i]),
    SOBEL_X.map((x, i) => sin * x + cos * SOBEL_Y[i]),
  ];
  const patch = IDENTITY.map((_, one) => IDENTITY.map((_, i) => (i === one ? 1 : 0)));
  const filters = {
    sobel: [IDENTITY, ...gradients],
    laplacian: [IDENTITY, ...gradients, LAPLACIAN],
    neighbourhood: patch,
  }[perception];
  return filters.map((filter) => Float32Array.from(filter));
}
