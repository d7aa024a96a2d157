// Strains: several rules on one grid, each cell following its own, and how a strain spreads.

import { InvalidInputError } from "../cells/errors.js";
import { checkParameters, type Rule } from "./rule.js";
import { checkSpec, specDifference } from "./spec.js";

/** The most rules that may share a grid; the engine's memory has room for no more. */
export const MAX_STRAINS = 4;

/**
 * Rules of one specification on one grid. Strain 0 is the host by convention; a cell's strain is in `Cells.strains`.
 *
 * Before every CA step, where "alive" is what the alive mask says before the update:
 * - an alive cell of strain t beside an alive cell of strain s takes s with probability `spread[s][t]`, by one coin per
 *   strain s; of several the highest wins;
 * - a cell that is not alive takes the highest strain of its alive neighbours, 0 if it has none. So a cell that comes
 *   alive beside an infected one is infected.
 */
export interface Strains {
  /** The rule of each strain, 1 to 4 of them. */
  readonly rules: readonly Rule[];
  /** spread[s][t]: the chance per CA step that an alive cell of strain t beside one of strain s takes s. */
  readonly spread: readonly (readonly number[])[];
}

/**
 * The strains and a new one, which takes over each of them with this chance; none of them takes over the new one.
 * Throws InvalidInputError as `checkStrains` does.
 */
export function withStrain({ rules, spread }: Strains, rule: Rule, chance: number): Strains {
  const strains = {
    rules: [...rules, rule],
    spread: [...spread.map((row) => [...row, 0]), [...rules.map(() => chance), 0]],
  };
  checkStrains(strains);
  return strains;
}

/** The first `count` of the strains. */
export function firstStrains({ rules, spread }: Strains, count: number): Strains {
  return { rules: rules.slice(0, count), spread: spread.slice(0, count).map((row) => row.slice(0, count)) };
}

/** Throws InvalidInputError unless the rules go together and the spread is a probability for each pair. */
export function checkStrains({ rules, spread }: Strains): void {
  if (!(rules.length >= 1 && rules.length <= MAX_STRAINS)) {
    throw new InvalidInputError(`There are ${rules.length} strains; expected 1 to ${MAX_STRAINS}.`);
  }
  if ([spread, ...spread].some(({ length }) => length !== rules.length)) {
    throw new InvalidInputError(
      `spread is [${spread.map((row) => `[${row}]`)}]; ${rules.length} strains need a row each with a number for each.`,
    );
  }
  for (const chance of spread.flat()) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new InvalidInputError(`spread is ${chance}; expected a probability from 0 to 1.`);
    }
  }
  const [host, ...others] = rules.map(({ spec }) => spec);
  for (const other of others) {
    const difference = specDifference(host, other);
    if (!difference) continue;
    const { name, values } = difference;
    throw new InvalidInputError(
      `Strains share one specification; ${name} is ${values[0]} in one and ${values[1]} in another.`,
    );
  }
}

/** The rules on a grid: one, or several. */
export type Rules = Rule | Strains;

/** One rule is one strain that needs no spreading. */
export function strainsOf(rules: Rules): Strains {
  return "rules" in rules ? rules : { rules: [rules], spread: [[0]] };
}

/** Throws InvalidInputError unless the rules make sense, have all their weights, and go together. */
export function checkRules(strains: Strains): void {
  checkStrains(strains);
  for (const { spec, parameters } of strains.rules) {
    checkSpec(spec);
    checkParameters(spec, parameters);
  }
}
