// An automaton in words.

import { type Automaton, CENTRE_CELL, cellOf, NEIGHBOURHOODS, neighboursOf } from "./automaton.js";

const PLACES = [
  "upper left",
  "upper",
  "upper right",
  "left",
  "own",
  "right",
  "lower left",
  "lower",
  "lower right",
] as const;
const [LEFT, RIGHT] = [3, 5];
/** A cell has none to eight living neighbours. */
const COUNTS = 9;

/** What each group of neighbourhoods becomes, where anything is known of it; undefined where a group does not agree. */
function outcomesOf(
  { table }: Automaton,
  known: readonly number[],
  groupOf: (neighbourhood: number) => number,
): Map<number, number> | undefined {
  const found = new Map<number, number>();
  for (const index of known) {
    const group = groupOf(index);
    if ((found.get(group) ?? table[index]) !== table[index]) return undefined;
    found.set(group, table[index]);
  }
  return found;
}

/**
 * The automaton's name, where it counts neighbours ("B3/S23") or is one of Wolfram's elementary ones; else which cells
 * it depends on, and how many neighbourhoods make a living cell.
 *
 * @param unseen neighbourhoods of which nothing is known: the words leave them out and say how many there are
 */
export function inWords(automaton: Automaton, unseen: readonly number[] = []): string {
  const known = [...automaton.table.keys()].filter((index) => !unseen.includes(index));
  const missing =
    unseen.length > 0 ? ` ${unseen.length} of ${NEIGHBOURHOODS} neighbourhoods were never seen.` : "";
  return `${nameOf(automaton, known) ?? descriptionOf(automaton, known)}.${missing}`;
}

function nameOf(automaton: Automaton, known: readonly number[]): string | undefined {
  const row = (index: number) =>
    4 * cellOf(index, LEFT) + 2 * cellOf(index, CENTRE_CELL) + cellOf(index, RIGHT);
  const elementary = outcomesOf(automaton, known, row);
  if (elementary?.size === 8) {
    const rule = [...elementary].reduce((sum, [at, outcome]) => sum + (outcome << at), 0);
    return `Elementary rule ${rule}: the left, the own and the right cell decide`;
  }
  const counted = outcomesOf(
    automaton,
    known,
    (index) => COUNTS * cellOf(index, CENTRE_CELL) + neighboursOf(index),
  );
  if (!counted) return undefined;
  const counts = (from: number, outcome?: number) =>
    Array.from({ length: COUNTS }, (_, count) => count).filter(
      (count) => counted.get(from + count) === outcome,
    );
  const list = (from: number, outcome?: number) => counts(from, outcome).join(", ");
  const [born, survives] = [list(0, 1), list(COUNTS, 1)];
  const unknown = [
    ["a dead cell", list(0)],
    ["a living cell", list(COUNTS)],
  ].filter(([, missing]) => missing);
  return (
    `B${counts(0, 1).join("")}/S${counts(COUNTS, 1).join("")}: a cell is born with ${born || "no number of"} living ` +
    `neighbours, and ${survives ? `survives with ${survives}` : "never survives"}` +
    unknown.map(([what, missing]) => `; what becomes of ${what} with ${missing} is not known`).join("")
  );
}

function descriptionOf({ table }: Automaton, known: readonly number[]): string {
  const isKnown = new Set(known);
  const matters = PLACES.filter((_, j) =>
    known.some((index) => isKnown.has(index ^ (1 << j)) && table[index] !== table[index ^ (1 << j)]),
  );
  const alive = known.filter((index) => table[index] === 1).length;
  const cells =
    matters.length === PLACES.length
      ? "all nine cells decide"
      : `what decides: ${matters.join(", ") || "nothing"}`;
  return `Of ${known.length} neighbourhoods ${alive} make a living cell; ${cells}`;
}
