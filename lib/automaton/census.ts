// What boards tell about an automaton before anything is learned: which neighbourhoods occur, and what became of them.

import { Random } from "../cells/random.js";
import type { Boundary } from "../rule/spec.js";
import { type Automaton, NEIGHBOURHOODS } from "./automaton.js";
import { type Board, neighbourhoodsOf, nextBoard, randomBoard } from "./board.js";

/** Two generations, one after the other. */
export interface Transition {
  readonly before: Board;
  readonly after: Board;
}

/** How often each neighbourhood was seen, and how often its cell lived then, [512] each. */
export interface Census {
  readonly seen: Uint32Array;
  readonly lived: Uint32Array;
}

/** Each board and the next one. */
export function transitionsOf(boards: readonly Board[]): Transition[] {
  return boards.slice(1).map((after, i) => ({ before: boards[i], after }));
}

/** Random boards, half of their cells alive, and the next generation of each. */
export function randomTransitions(
  automaton: Automaton,
  { boards = 32, height = 16, width = 16, boundary = "torus" as Boundary, rngSeed = 0 } = {},
): Transition[] {
  const random = new Random(rngSeed);
  return Array.from({ length: boards }, () => {
    const before = randomBoard(random, height, width);
    return { before, after: nextBoard(before, automaton, boundary) };
  });
}

/** Counts what is seen. */
export function censusOf(transitions: readonly Transition[], boundary: Boundary): Census {
  const census = { seen: new Uint32Array(NEIGHBOURHOODS), lived: new Uint32Array(NEIGHBOURHOODS) };
  for (const { before, after } of transitions) {
    neighbourhoodsOf(before, boundary).forEach((index, at) => {
      census.seen[index]++;
      census.lived[index] += after.cells[at];
    });
  }
  return census;
}

/** Neighbourhoods that never occurred. */
export function unseenIn({ seen }: Census): number[] {
  return [...seen.keys()].filter((index) => seen[index] === 0);
}

/** How many cells became something else than most cells of the same neighbourhood: 0 where one automaton explains all. */
export function contradictionsIn({ seen, lived }: Census): number {
  return seen.reduce((sum, count, index) => sum + Math.min(lived[index], count - lived[index]), 0);
}

/** The boundary with which an automaton explains more of the cells; "torus" where both explain as many. */
export function boundaryOf(transitions: readonly Transition[]): Boundary {
  const [torus, zero] = (["torus", "zero"] as const).map((boundary) =>
    contradictionsIn(censusOf(transitions, boundary)),
  );
  return zero < torus ? "zero" : "torus";
}

/** How many cells of each transition became something else than the automaton says. */
export function surprisesIn(
  { table }: Automaton,
  transitions: readonly Transition[],
  boundary: Boundary,
): number[] {
  return transitions.map(({ before, after }) => {
    const wrong = neighbourhoodsOf(before, boundary).filter((index, at) => table[index] !== after.cells[at]);
    return wrong.length;
  });
}
