// Where an infection starts: mature cells that take its strain.

import { ALPHA, type Cells, sampleOf, withStrains } from "../cells/cells.js";
import type { Random } from "../cells/random.js";
import { ALIVE_THRESHOLD, checkInteger } from "../rule/rule.js";

/** Cells of one sample whose own alpha is above the alive threshold, counted row by row. */
export function matureCells(cells: Cells, sample = 0): number[] {
  const { data, channels } = sampleOf(cells, sample);
  const mature: number[] = [];
  for (let cell = 0; cell < data.length / channels; cell++) {
    if (data[cell * channels + ALPHA] > ALIVE_THRESHOLD) mature.push(cell);
  }
  return mature;
}

/** Copies of the cells in which, in every sample, so many random mature cells have the strain, or all there are. */
export function infectAtRandom(cells: Cells, strain: number, points: number, random: Random): Cells {
  checkInteger("points", points, 1, cells.height * cells.width);
  const copy = withStrains({ ...cells, strains: cells.strains?.slice() });
  const area = cells.height * cells.width;
  for (let sample = 0; sample < cells.count; sample++) {
    const mature = matureCells(cells, sample);
    for (const i of random.sample(points, mature.length)) copy.strains[sample * area + mature[i]] = strain;
  }
  return copy;
}

/** Which share of a sample's mature cells is of the strain; 0 where nothing lives. */
export function shareOf(cells: Cells, strain: number, sample = 0): number {
  const mature = matureCells(cells, sample);
  const { strains } = sampleOf(cells, sample);
  const taken = mature.filter((cell) => (strains?.[cell] ?? 0) === strain).length;
  return mature.length > 0 ? taken / mature.length : 0;
}
