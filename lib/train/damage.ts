// Wounds that a regenerating rule learns to heal.

import { type Cells, sampleOf } from "../rule/cells.js";
import { InvalidInputError } from "../rule/errors.js";
import type { Random } from "../rule/random.js";

/** A circle in the grid's own units: both sides go from -1 to 1. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Distill's: the centre uniform in [-0.5, 0.5]^2, the radius in [0.1, 0.4]. */
export function randomCircle(random: Random): Circle {
  return { x: random.uniform(-0.5, 0.5), y: random.uniform(-0.5, 0.5), radius: random.uniform(0.1, 0.4) };
}

/** Empties every cell of one sample for which `hit` says so, in place; x and y are cells from the upper left. */
export function wound(cells: Cells, sample: number, hit: (x: number, y: number) => boolean): void {
  if (!(sample >= 0 && sample < cells.count)) {
    throw new InvalidInputError(`There is no sample ${sample} in a batch of ${cells.count}.`);
  }
  const { data, height, width, channels } = sampleOf(cells, sample);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (hit(x, y)) data.fill(0, (y * width + x) * channels, (y * width + x + 1) * channels);
    }
  }
}

/** Empties the cells of one sample inside the circle, in place. */
export function woundCircle(cells: Cells, sample: number, { x, y, radius }: Circle): void {
  const { height, width } = cells;
  const unit = (cell: number, size: number) => (size === 1 ? 0 : (2 * cell) / (size - 1) - 1);
  wound(
    cells,
    sample,
    (column, row) => (unit(column, width) - x) ** 2 + (unit(row, height) - y) ** 2 < radius ** 2,
  );
}
