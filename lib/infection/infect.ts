// Where an infection starts: alive cells that take its strain.

import { ALPHA, type Cells, sampleOf } from "../rule/cells.js";
import { InvalidInputError } from "../rule/errors.js";
import type { Random } from "../rule/random.js";
import { ALIVE_THRESHOLD } from "../rule/rule.js";

/** The same cells with a strain each, all of the first where they had none. */
export function withStrains(cells: Cells): Cells & { readonly strains: Uint8Array } {
  const { strains = new Uint8Array(cells.count * cells.height * cells.width) } = cells;
  return { ...cells, strains };
}

/** Cells of one sample whose own alpha is above the alive threshold, counted row by row. */
export function matureCells(cells: Cells, sample = 0): number[] {
  const { data, channels } = sampleOf(cells, sample);
  const mature: number[] = [];
  for (let cell = 0; cell < data.length / channels; cell++) {
    if (data[cell * channels + ALPHA] > ALIVE_THRESHOLD) mature.push(cell);
  }
  return mature;
}

/**
 * Copies of the cells in which, in every sample, so many random mature cells have the strain; fewer where fewer are
 * mature. Returns them and the first infected cell of each sample, -1 where nothing lives.
 */
export function infectAtRandom(
  cells: Cells,
  strain: number,
  points: number,
  random: Random,
): { readonly cells: Cells; readonly firstCells: number[] } {
  if (!Number.isInteger(points) || points < 1) {
    throw new InvalidInputError(`points is ${points}; expected a whole number from 1.`);
  }
  const copy = withStrains({ ...cells, strains: cells.strains?.slice() });
  const area = cells.height * cells.width;
  const firstCells = Array.from({ length: cells.count }, (_, sample) => {
    const mature = matureCells(cells, sample);
    if (mature.length === 0) return -1;
    const chosen = random.sample(points, mature.length).map((i) => mature[i]);
    for (const cell of chosen) copy.strains[sample * area + cell] = strain;
    return chosen[0];
  });
  return { cells: copy, firstCells };
}
