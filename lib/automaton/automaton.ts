// Binary cellular automata of the 3x3 neighbourhood: what a network is to find out from boards alone.

import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { Random } from "../cells/random.js";

/** There are so many neighbourhoods of 3x3 cells, each dead or alive. */
export const NEIGHBOURHOODS = 512;
/** The cell itself among the nine, which are counted in reading order. */
export const CENTRE_CELL = 4;

/** A rule in full: what becomes of a cell in every neighbourhood. */
export interface Automaton {
  /**
   * 1 where the cell lives in the next generation, else 0: [512]. Bit j of an index is cell j of the neighbourhood, in
   * reading order, so that 16 is a living cell alone.
   */
  readonly table: Uint8Array;
}

/** Whether cell j of a neighbourhood lives: 1 or 0. */
export function cellOf(neighbourhood: number, j: number): number {
  return (neighbourhood >> j) & 1;
}

/** How many of a cell's eight neighbours live. */
export function neighboursOf(neighbourhood: number): number {
  let count = 0;
  for (let j = 0; j < 9; j++) if (j !== CENTRE_CELL) count += cellOf(neighbourhood, j);
  return count;
}

/** The automaton in which a cell lives on, or comes alive, where this says so. */
export function automatonOf(lives: (neighbourhood: number) => boolean): Automaton {
  return { table: Uint8Array.from({ length: NEIGHBOURHOODS }, (_, index) => Number(lives(index))) };
}

/**
 * An automaton that counts neighbours, as "B3/S23", which is Conway's Game of Life: born with 3, it survives with 2 or
 * 3. Throws InvalidInputError for other notations.
 */
export function lifeLike(notation: string): Automaton {
  const [, born, survives] = /^B([0-8]*)\/S([0-8]*)$/i.exec(notation.trim()) ?? [];
  if (born === undefined)
    throw new InvalidInputError(`"${notation}" is no rule of this kind; expected one such as "B3/S23".`);
  return automatonOf((index) =>
    (cellOf(index, CENTRE_CELL) ? survives : born).includes(`${neighboursOf(index)}`),
  );
}

/** Wolfram's elementary automaton, 0 to 255, in which a row of cells lives by itself: left, own and right cell decide. */
export function elementary(rule: number): Automaton {
  checkInteger("The elementary rule", rule, 0, 255);
  return automatonOf((index) => {
    const [left, own, right] = [3, 4, 5].map((j) => cellOf(index, j));
    return ((rule >> (4 * left + 2 * own + right)) & 1) === 1;
  });
}

/** An automaton in which each neighbourhood makes a living cell with this probability, independently of all others. */
export function randomAutomaton(rngSeed: number, alive: number): Automaton {
  const random = new Random(rngSeed);
  return automatonOf(() => random.uniform() < alive);
}

/** Bits of entropy of the next cell over all neighbourhoods: 0 where all have one outcome, 1 where half make it live. */
export function entropyOf({ table }: Automaton): number {
  const alive = table.reduce((sum, cell) => sum + cell, 0) / table.length;
  return [alive, 1 - alive].reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);
}
