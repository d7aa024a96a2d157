// A network that watches boards and finds the automaton behind them, trained for one CA step. Source: Gilpin 2019 (arXiv
// 1809.02942).

import { ALPHA } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { hashOf, hex } from "../cells/random.js";
import type { Sample } from "../cells/sample.js";
import type { Engine } from "../engine/engine.js";
import { createRule, type Rule } from "../rule/rule.js";
import type { Boundary } from "../rule/spec.js";
import type { Task } from "../train/task.js";
import { training } from "../train/training.js";
import { type Automaton, NEIGHBOURHOODS } from "./automaton.js";
import { cellsOfBoards, checkBoard, neighbourhoodsOf } from "./board.js";
import { boundaryOf, type Census, censusOf, type Transition } from "./census.js";
import { AUTOMATON_SPEC, automatonIn } from "./network.js";

/** Cells from the middle of what a sample shows to its edge; the outermost ring is only looked at. */
const REACH = 4;
const SIDE = 2 * REACH + 3;

/** What a sample is told of cells that are only looked at, and of those beyond an edge. */
const NOT_ASKED = -1;

/** The part of a board around a cell, and what became of each of its cells. */
function windowAt({ before, after }: Transition, at: number, boundary: Boundary): Sample {
  const { height, width } = before;
  const [top, left] = [Math.floor(at / width) - REACH - 1, (at % width) - REACH - 1];
  const window = { height: SIDE, width: SIDE, cells: new Uint8Array(SIDE * SIDE) };
  const context = new Float32Array(SIDE * SIDE).fill(NOT_ASKED);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE];
    const [y, x] = [top + row, left + column];
    const isInside = y >= 0 && y < height && x >= 0 && x < width;
    if (!isInside && boundary === "zero") continue;
    const cell = remainder(y, height) * width + remainder(x, width);
    window.cells[i] = before.cells[cell];
    if ([row, column].every((place) => place > 0 && place < SIDE - 1)) context[i] = after.cells[cell];
  }
  return { cells: cellsOfBoards([window]), context };
}

const remainder = (value: number, size: number) => ((value % size) + size) % size;

/** Where each neighbourhood was seen: cells, counted over all transitions. */
function placesOf(transitions: readonly Transition[], boundary: Boundary): number[][] {
  const places: number[][] = Array.from({ length: NEIGHBOURHOODS }, () => []);
  let first = 0;
  for (const { before } of transitions) {
    neighbourhoodsOf(before, boundary).forEach((index, at) => {
      places[index].push(first + at);
    });
    first += before.cells.length;
  }
  return places.filter(({ length }) => length > 0);
}

/**
 * The task of becoming, in one CA step, what cells became: mean squared error over the cells that a sample asks for. Each
 * sample has a neighbourhood in its middle that was drawn among all that occur, so that rare ones are learned as well.
 */
export function automatonTask(transitions: readonly Transition[], boundary: Boundary): Task<Automaton> {
  if (transitions.length === 0)
    throw new InvalidInputError("There is nothing to watch; expected two boards or more.");
  const [{ before: first }] = transitions;
  for (const board of transitions.flatMap(({ before, after }) => [before, after])) {
    checkBoard(board);
    const { height, width } = board;
    if (height !== first.height || width !== first.width)
      throw new InvalidInputError(
        `A board is ${height} x ${width}, the first ${first.height} x ${first.width}; expected all alike.`,
      );
  }
  const places = placesOf(transitions, boundary);
  const area = transitions[0].before.cells.length;
  return {
    description: { kind: "automaton", boundary, boards: fingerprintOf(transitions) },
    strainsWith: (rule) => ({ rules: rule, trained: 0 }),
    fresh: async (random) => {
      const occurrences = places[random.integer(0, places.length)];
      const place = occurrences[random.integer(0, occurrences.length)];
      return windowAt(transitions[Math.floor(place / area)], place % area, boundary);
    },
    losses: ({ cells, contexts }) =>
      Float64Array.from(contexts, (context, sample) => {
        let sum = 0;
        const asked = eachAsked(context, (i) => {
          sum += (cells.data[(sample * SIDE * SIDE + i) * cells.channels + ALPHA] - context[i]) ** 2;
        });
        return sum / asked;
      }),
    gradient: ({ cells, contexts }, slopes) => {
      const gradient = new Float32Array(cells.data.length);
      contexts.forEach((context, sample) => {
        const asked = eachAsked(context, () => {});
        const scale = (2 * slopes[sample]) / (asked * contexts.length);
        eachAsked(context, (i) => {
          const at = (sample * SIDE * SIDE + i) * cells.channels + ALPHA;
          gradient[at] = scale * (cells.data[at] - context[i]);
        });
      });
      return gradient;
    },
    broken: () => undefined,
    measure: automatonIn,
  };
}

/** Calls back with each cell that a sample asks for; returns how many these are. */
function eachAsked(context: Float32Array, visit: (cell: number) => void): number {
  let asked = 0;
  context.forEach((after, cell) => {
    if (after === NOT_ASKED) return;
    asked++;
    visit(cell);
  });
  return asked;
}

function fingerprintOf(transitions: readonly Transition[]): string {
  const boards = transitions.flatMap(({ before, after }) => [before.cells, after.cells]);
  return hex(boards.reduce((hash, cells) => hashOf(cells, hash), 0));
}

/** So many training steps lie between two looks at what a network has understood. */
const LOOK = 50;

export interface LearnOptions {
  /** What lies beyond a board's edge; the one that explains more, if not given. */
  readonly boundary?: Boundary;
  /** Hidden units of the network; 256 if not given. */
  readonly hidden?: number;
  /** The most training steps; 6,000 if not given. */
  readonly steps?: number;
  /** Seeds the weights and all randomness of the training; 0 if not given. */
  readonly rngSeed?: number;
  readonly engine?: Engine;
  /** Called after every look: training steps, and how many of the neighbourhoods seen it has wrong. */
  readonly onLook?: (step: number, wrong: number) => void;
}

/** What a network has found. */
export interface Learned {
  readonly rule: Rule;
  /** Its table, all 512 neighbourhoods: those that were never seen are its guess. */
  readonly automaton: Automaton;
  readonly census: Census;
  readonly boundary: Boundary;
  /** Training steps that it took. */
  readonly steps: number;
  /** Neighbourhoods that it still has wrong, of those seen: their cells became what most became. */
  readonly wrong: readonly number[];
}

/** Trains a network on what became of boards until it has every neighbourhood right that occurs there. */
export async function learnAutomaton(
  transitions: readonly Transition[],
  options: LearnOptions = {},
): Promise<Learned> {
  const {
    boundary = boundaryOf(transitions),
    hidden = 256,
    steps = 6000,
    rngSeed = 0,
    engine,
    onLook,
  } = options;
  const task = automatonTask(transitions, boundary);
  const census = censusOf(transitions, boundary);
  const rule = createRule({ ...AUTOMATON_SPEC, boundary, hidden, rngSeed });
  const look = async (step: number): Promise<Learned> => {
    const automaton = await automatonIn(rule, { engine });
    const wrong = [...automaton.table.keys()].filter((index) => isWrong(automaton, census, index));
    onLook?.(step, wrong.length);
    return { rule, automaton, census, boundary, steps: step, wrong };
  };
  let learned: Learned | undefined;
  const recipe = { regime: "growing", batch: 2, rollout: [1, 1], learningRate: 0.01, decay: [] } as const;
  for await (const { step } of training(rule, task, { ...recipe, steps, rngSeed, engine })) {
    if (step % LOOK > 0 && step < steps) continue;
    learned = await look(step);
    if (learned.wrong.length === 0) break;
  }
  return learned!; // a training has one step at least
}

/** Whether most cells with this neighbourhood became something else than the automaton says. */
function isWrong({ table }: Automaton, { seen, lived }: Census, index: number): boolean {
  return table[index] === 1 ? 2 * lived[index] < seen[index] : 2 * lived[index] > seen[index];
}
