// A rule as an automaton: one that perceives nine cells, updates all of them at once and lives everywhere. A cell lives
// where its alpha is above a half.

import { ALPHA } from "../cells/cells.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { type Rule, zeroParameters } from "../rule/rule.js";
import { type Boundary, DEFAULT_SPEC, type RuleSpec } from "../rule/spec.js";
import { type Automaton, CENTRE_CELL, cellOf, NEIGHBOURHOODS } from "./automaton.js";
import { type Board, boardsOf, cellsOfBoards } from "./board.js";

/** The fields of a rule that lives as an automaton does. */
export const AUTOMATON_SPEC = {
  perception: "neighbourhood",
  channels: ALPHA + 1,
  fireRate: 1,
  aliveMask: "none",
} satisfies Partial<RuleSpec>;

interface EngineOption {
  /** The engine that computes it; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
}

/** What a rule makes of every neighbourhood: the automaton that it is, whatever it was trained on. */
export async function automatonIn(
  rule: Rule,
  { engine = defaultEngine() }: EngineOption = {},
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
  { engine = defaultEngine() }: EngineOption = {},
): Promise<Board> {
  return boardsOf(await engine.grow(rule, cellsOfBoards([board]), { steps: 1, rngSeed: 0 }))[0];
}

/**
 * A rule that is an automaton exactly, without training: a hidden unit for every neighbourhood that changes its cell, which
 * is 1 there and 0 anywhere else. All its numbers are whole, so that it never drifts: it lives as an automaton does wherever a
 * rule does.
 */
export function ruleOfAutomaton({ table }: Automaton, boundary: Boundary = "torus"): Rule {
  const changes = [...table.keys()].filter((index) => table[index] !== cellOf(index, CENTRE_CELL));
  const spec: RuleSpec = {
    ...DEFAULT_SPEC,
    ...AUTOMATON_SPEC,
    boundary,
    hidden: Math.max(1, changes.length),
  };
  const parameters = zeroParameters(spec);
  changes.forEach((index, unit) => {
    let living = 0;
    for (let j = 0; j < 9; j++) {
      living += cellOf(index, j);
      parameters.w1[(j * spec.channels + ALPHA) * spec.hidden + unit] = 2 * cellOf(index, j) - 1;
    }
    parameters.b1[unit] = 1 - living;
    parameters.w2[unit * spec.channels + ALPHA] = 2 * table[index] - 1;
  });
  return { spec, parameters };
}
