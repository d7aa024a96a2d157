// Strains: several rules on one grid, each cell following its own, and how a strain spreads.

import { InvalidInputError } from "./errors.js";
import type { Rule } from "./rule.js";

/** Rules that share a grid at most. */
export const MAX_STRAINS = 4;

/**
 * Rules of one specification on one grid. Strain 0 is the host by custom; a cell's strain is in `Cells.strains`.
 *
 * Before every CA step, with "alive" as the alive mask has it before the update:
 * - an alive cell beside an alive cell of another strain s takes strain s with probability `spread[s]`, by one coin a
 *   strain; of several the highest wins;
 * - a cell that is not alive takes the highest strain of its alive neighbours, 0 if it has none. So a cell that comes
 *   alive beside an infected one is infected.
 */
export interface Strains {
  /** The rule of each strain, 1 to 4 of them. */
  readonly rules: readonly Rule[];
  /** The chance, a CA step, that an alive cell beside one of this strain takes it. 0 for a host, as a rule. */
  readonly spread: readonly number[];
}

/** Throws InvalidInputError unless the rules go together and every strain has a chance to spread. */
export function checkStrains({ rules, spread }: Strains): void {
  if (!(rules.length >= 1 && rules.length <= MAX_STRAINS)) {
    throw new InvalidInputError(`There are ${rules.length} strains; expected 1 to ${MAX_STRAINS}.`);
  }
  if (spread.length !== rules.length) {
    throw new InvalidInputError(`spread has ${spread.length} numbers for ${rules.length} strains.`);
  }
  for (const chance of spread) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new InvalidInputError(`spread is ${chance}; expected a probability from 0 to 1.`);
    }
  }
  const [host, ...others] = rules.map(({ spec: { premultiplied: _, ...spec } }) => JSON.stringify(spec));
  const odd = others.find((spec) => spec !== host);
  if (odd) {
    throw new InvalidInputError(`Strains share one specification; got ${host} and ${odd}.`);
  }
}
