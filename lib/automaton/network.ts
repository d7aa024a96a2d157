// A rule as an automaton: one that perceives nine cells, updates all of them at once and lives everywhere. A cell lives
// where its alpha is above a half.

import { ALPHA, RGBA } from "../cells/cells.js";
import { defaultEngine } from "../engine/engines.js";
import { type Rule, zeroParameters } from "../rule/rule.js";
import type { SeededGrid } from "../rule/seeds.js";
import { type Boundary, DEFAULT_SPEC, type RuleSpec } from "../rule/spec.js";
import type { MeasureOptions } from "../train/task.js";
import { type Automaton, CENTRE_CELL, cellOf, NEIGHBOURHOODS } from "./automaton.js";
import { type Board, boardsOf, cellsOfBoards } from "./board.js";

/** The fields of a rule that lives as an automaton does. */
export const AUTOMATON_SPEC = {
  perception: "neighbourhood",
  channels: RGBA,
  fireRate: 1,
  aliveMask: "none",
} satisfies Partial<RuleSpec>;

/** What a rule makes of every neighbourhood: the automaton that it is, whatever it was trained on. */
export async function automatonIn(
  rule: Rule,
  { engine = defaultEngine() }: Pick<MeasureOptions, "engine"> = {},
): Promise<Automaton> {
  const boards = Array.from({ length: NEIGHBOURHOODS }, (_, index) => ({
    height: 3,
    width: 3,
    cells: Uint8Array.from({ length: 9 }, (_, j) => cellOf(index, j)),
  }));
  const later = await engine.grow(rule, cellsOfBoards(boards), { steps: 1, rngSeed: 0 });
  return { table: Uint8Array.from(boardsOf(later), ({ cells }) => cells[CENTRE_CELL]) };
}

/** The next generation of a board, as a rule has it. */
export async function boardAfter(
  rule: Rule,
  board: Board,
  { engine = defaultEngine() }: Pick<MeasureOptions, "engine"> = {},
): Promise<Board> {
  return boardsOf(await engine.grow(rule, cellsOfBoards([board]), { steps: 1, rngSeed: 0 }))[0];
}

/** A grid on which a rule's pattern starts as a board; none for a board without life, since a pattern needs a seed. */
function seededGridOf({ height, width, cells }: Board): SeededGrid | undefined {
  const seeds = [...cells.keys()]
    .filter((at) => cells[at] === 1)
    .map((at) => ({ dx: (at % width) - (width >> 1), dy: Math.floor(at / width) - (height >> 1) }));
  return seeds.length > 0 ? { height, width, seeds } : undefined;
}

export interface AutomatonRuleOptions {
  /** What lies beyond the edge; "torus" if not given. */
  readonly boundary?: Boundary;
  /** What the rule's pattern starts from; one cell if not given. */
  readonly board?: Board;
}

/** The colour in which such a rule paints life, RGB from 0 to 1: whole 256ths, which add up without rounding. */
export const LIFE_COLOUR = [0.125, 0.5, 0.375] as const;

/**
 * A rule that is an automaton exactly, without training: a hidden unit for every neighbourhood that changes its cell, which
 * is 1 there and 0 anywhere else, and four that know the cell's own colour and alpha, to paint what lives. Nothing is rounded, so that
 * it never drifts: it lives as an automaton does wherever a rule does.
 */
export function ruleOfAutomaton(
  { table }: Automaton,
  { boundary = "torus", board }: AutomatonRuleOptions = {},
): Rule {
  const changes = [...table.keys()].filter((index) => table[index] !== cellOf(index, CENTRE_CELL));
  const hidden = changes.length + RGBA;
  const spec: RuleSpec = { ...DEFAULT_SPEC, ...AUTOMATON_SPEC, boundary, hidden };
  const parameters = zeroParameters(spec);
  const { w1, b1, w2 } = parameters;
  /** What a unit makes of cell j's channel, and what it adds to a channel. */
  const sees = (unit: number, j: number, channel: number, weight: number) => {
    w1[(j * RGBA + channel) * hidden + unit] = weight;
  };
  const paints = (unit: number, alive: number) => {
    for (const [channel, colour] of LIFE_COLOUR.entries()) w2[unit * RGBA + channel] = alive * colour;
  };
  changes.forEach((index, unit) => {
    let living = 0;
    for (let j = 0; j < 9; j++) {
      living += cellOf(index, j);
      sees(unit, j, ALPHA, 2 * cellOf(index, j) - 1);
    }
    b1[unit] = 1 - living;
    const change = 2 * table[index] - 1;
    w2[unit * RGBA + ALPHA] = change;
    paints(unit, change);
  });
  for (let channel = 0; channel < RGBA; channel++) {
    const unit = changes.length + channel;
    sees(unit, CENTRE_CELL, channel, 1);
    if (channel === ALPHA) paints(unit, 1);
    else w2[unit * RGBA + channel] = -1;
  }
  return { spec, parameters, grid: board && seededGridOf(board) };
}

/** A square of so many cells a side from the middle of a board, as pixels: RGBA in 8 bits, straight, life in its colour. */
export function pixelsOfBoard({ height, width, cells }: Board, side: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(side * side * RGBA);
  const [top, left] = [(side >> 1) - (height >> 1), (side >> 1) - (width >> 1)];
  const colour = [...LIFE_COLOUR, 1].map((value) => 255 * value);
  cells.forEach((cell, at) => {
    const [row, column] = [top + Math.floor(at / width), left + (at % width)];
    if (cell && Math.min(row, column) >= 0 && Math.max(row, column) < side)
      pixels.set(colour, (row * side + column) * RGBA);
  });
  return pixels;
}
