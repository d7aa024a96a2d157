// A pattern's life from the seed, as frames.

import { type Cells, seedCells } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { type Rules, strainsOf } from "./wasm/job.js";
import { engine } from "./wasm/wasm.js";

/** The largest side of a grid. */
export const MAX_SIZE = 4096;

export interface GrowOptions {
  /** CA steps. */
  readonly steps: number;
  /** Sides of the square grid in cells; 72 if not given. */
  readonly size?: number;
  /** Starts the fire mask's coins; 0 if not given. */
  readonly rngSeed?: number;
  /** CA steps from one frame to the next; 1 if not given. */
  readonly every?: number;
  /** Where it starts from; one seed in the middle of the grid if not given. */
  readonly from?: Cells;
  /** Number of the first CA step; 0 if not given. */
  readonly firstStep?: number;
}

/** Frames of [count, size, size, channels]: the start, one every `every` steps, and the last state. */
export function grow(rules: Rules, options: GrowOptions): Cells[] {
  const { steps, size = 72, rngSeed = 0, every = 1, firstStep = 0 } = options;
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new InvalidInputError(`size is ${size}; expected a whole number from 1 to ${MAX_SIZE}.`);
  }
  if (!Number.isInteger(every) || every < 1 || !Number.isInteger(steps) || steps < 0) {
    throw new InvalidInputError(
      `steps is ${steps} and every is ${every}; expected whole numbers, every from 1.`,
    );
  }
  const start = options.from ?? seedCells(1, size, size, strainsOf(rules).rules[0].spec.channels);
  const moments = Array.from({ length: Math.ceil(steps / every) }, (_, i) =>
    Math.min((i + 1) * every, steps),
  );
  return [
    start,
    ...Array.from(statesAt(rules, start, moments, { rngSeed, firstStep }), ({ cells }) => cells),
  ];
}

/** The state after each of so many CA steps, which ascend. No other state is held. */
export function* statesAt(
  rules: Rules,
  from: Cells,
  steps: Iterable<number>,
  { rngSeed = 0, firstStep = 0 }: Pick<GrowOptions, "rngSeed" | "firstStep"> = {},
): Generator<{ readonly step: number; readonly cells: Cells }, void> {
  let cells = from;
  let done = 0;
  for (const step of steps) {
    cells = engine().grow(rules, cells, { steps: step - done, rngSeed, firstStep: firstStep + done });
    done = step;
    yield { step, cells };
  }
}
