// Where an infection starts: mature cells that take its strain.

import { type Cells, sampleOf, withStrains } from "../cells/cells.js";
import { checkInteger } from "../cells/errors.js";
import type { Random } from "../cells/random.js";
import { DEFAULT_SPEC, isMature, type RuleSpec } from "../rule/spec.js";

/** The chance per CA step that a host cell beside an infected one is infected, unless told otherwise. */
export const SPREAD = 0.5;

/** Mature cells of one sample, counted row by row; the specification says what makes a cell mature. */
export function matureCells(cells: Cells, sample = 0, spec: RuleSpec = DEFAULT_SPEC): number[] {
  const { data, channels } = sampleOf(cells, sample);
  const mature: number[] = [];
  for (let cell = 0; cell < data.length / channels; cell++) {
    if (isMature(spec, data[cell * channels + spec.aliveChannel])) mature.push(cell);
  }
  return mature;
}

/** A copy of the cells: in every sample `points` random mature cells have the strain, or all if there are fewer. */
export function infectAtRandom(
  cells: Cells,
  strain: number,
  points: number,
  random: Random,
  spec: RuleSpec = DEFAULT_SPEC,
): Cells {
  checkInteger("points", points, 1, cells.height * cells.width);
  const copy = withStrains({ ...cells, strains: cells.strains?.slice() });
  const area = cells.height * cells.width;
  for (let sample = 0; sample < cells.count; sample++) {
    const mature = matureCells(cells, sample, spec);
    for (const i of random.sample(points, mature.length)) copy.strains[sample * area + mature[i]] = strain;
  }
  return copy;
}

/** The share of a sample's mature cells that are of the strain; 0 where nothing lives. */
export function shareOf(cells: Cells, strain: number, sample = 0, spec: RuleSpec = DEFAULT_SPEC): number {
  const mature = matureCells(cells, sample, spec);
  const { strains } = sampleOf(cells, sample);
  const taken = mature.filter((cell) => (strains?.[cell] ?? 0) === strain).length;
  return mature.length > 0 ? taken / mature.length : 0;
}
