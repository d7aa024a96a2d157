// A pattern's life from the seed, as frames.

import type { Cells } from "../cells/cells.js";
import { checkInteger, checkKnown, InvalidInputError } from "../cells/errors.js";
import { seedFor } from "../rule/seeds.js";
import { type Rules, strainsOf } from "../rule/strains.js";
import type { Engine } from "./engine.js";
import { defaultEngine } from "./engines.js";

/** The largest side of a grid. */
export const MAX_SIZE = 4096;
/** Distill's: a picture of 40 cells and 16 empty ones on each side. */
const USUAL_GRID = { height: 72, width: 72 };

export interface GrowOptions {
  /** CA steps. */
  readonly steps: number;
  /** Sides of the square grid in cells; if not given those of the grid that the rule was trained on, else 72. */
  readonly size?: number;
  /** Seeds the fire mask's coin tosses; 0 if not given. */
  readonly rngSeed?: number;
  /** CA steps from one frame to the next; 1 if not given. */
  readonly every?: number;
  /** The state to start from, on a grid of its own size; the rule's seeds if not given. */
  readonly from?: Cells;
  /** Number of the first CA step; 0 if not given. */
  readonly firstStep?: number;
  /** The engine that computes it; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
}

const GROW_OPTIONS: readonly (keyof GrowOptions)[] = [
  "steps",
  "size",
  "rngSeed",
  "every",
  "from",
  "firstStep",
  "engine",
];

/**
 * Frames of [count, size, size, channels]: the start, one every `every` steps, and the last state. All of them are
 * held in memory: for a long life on a large grid see `statesAt`. Throws InvalidInputError for options that cannot be
 * used.
 */
export async function grow(rules: Rules, options: GrowOptions): Promise<Cells[]> {
  const { steps, every = 1 } = options;
  checkKnown("grow", options, GROW_OPTIONS);
  checkInteger("steps", steps, 0, 2 ** 30);
  checkInteger("every", every, 1, 2 ** 30);
  const start = startOf(rules, options);
  const moments = Array.from({ length: Math.ceil(steps / every) }, (_, i) =>
    Math.min((i + 1) * every, steps),
  );
  const frames = [start];
  for await (const { cells } of statesAt(rules, start, moments, options)) frames.push(cells);
  return frames;
}

/** What a growth starts from: the cells that are given, or the rule's seeds. */
function startOf(rules: Rules, { from, size }: GrowOptions): Cells {
  if (from && size !== undefined) {
    throw new InvalidInputError(
      `size is ${size} and the cells to start from are ${from.height} x ${from.width}; leave one of them out.`,
    );
  }
  if (from) return from;
  const [rule] = strainsOf(rules).rules;
  const { height, width } = size === undefined ? (rule.grid ?? USUAL_GRID) : { height: size, width: size };
  for (const side of [height, width]) checkInteger("size", side, 1, MAX_SIZE);
  return seedFor(rule, { height, width });
}

/** A state, and how many CA steps it took. */
export interface Moment {
  readonly step: number;
  readonly cells: Cells;
}

/** The state after each of these numbers of CA steps, which must ascend. No other state is held in memory. */
export async function* statesAt(
  rules: Rules,
  from: Cells,
  steps: Iterable<number>,
  options: Pick<GrowOptions, "rngSeed" | "firstStep" | "engine"> = {},
): AsyncGenerator<Moment, void> {
  const { rngSeed = 0, firstStep = 0, engine = defaultEngine() } = options;
  let cells = from;
  let done = 0;
  for (const step of steps) {
    cells = await engine.grow(rules, cells, { steps: step - done, rngSeed, firstStep: firstStep + done });
    done = step;
    yield { step, cells };
  }
}

/** The state after `steps` CA steps. */
export async function stateAt(
  rules: Rules,
  from: Cells,
  steps: number,
  options: Pick<GrowOptions, "rngSeed" | "firstStep" | "engine"> = {},
): Promise<Cells> {
  const { rngSeed = 0, firstStep, engine = defaultEngine() } = options;
  return engine.grow(rules, from, { steps, rngSeed, firstStep });
}
