// Perception of one cell: every filter on every channel of its neighbourhood.

import type { Grid, Numbers } from "./grid.js";

/**
 * y[k, c] = sum over j of filter[k][j] * x[neighbour j, c]
 *
 * @param state [area, C]
 * @param y [K * C], overwritten; `product` is scratch of one number
 */
export function perceive(
  { channels, neighbours }: Grid,
  filters: readonly Float32Array[],
  state: Numbers,
  cell: number,
  y: Numbers,
  product: Numbers,
): void {
  y.fill(0);
  for (let j = 0; j < 9; j++) {
    const neighbour = neighbours[cell * 9 + j];
    if (neighbour < 0) continue;
    filters.forEach((filter, k) => {
      if (filter[j] === 0) return;
      for (let channel = 0; channel < channels; channel++) {
        product[0] = filter[j] * state[neighbour * channels + channel];
        y[k * channels + channel] += product[0];
      }
    });
  }
}

/** dx[neighbour j, c] += sum over k of filter[k][j] * dy[k, c] */
export function perceiveBackward(
  { channels, neighbours }: Grid,
  filters: readonly Float32Array[],
  dy: Float64Array,
  cell: number,
  dState: Float64Array,
): void {
  for (let j = 0; j < 9; j++) {
    const neighbour = neighbours[cell * 9 + j];
    if (neighbour < 0) continue;
    filters.forEach((filter, k) => {
      for (let channel = 0; channel < channels; channel++) {
        dState[neighbour * channels + channel] += filter[j] * dy[k * channels + channel];
      }
    });
  }
}
