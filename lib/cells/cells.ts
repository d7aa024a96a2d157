// One grid type for everything that is made of cells: states, targets, pictures. And the seed that every pattern
// grows from.

import { checkInteger, InvalidInputError } from "./errors.js";

/** Channels of a cell that can be seen: 0-2 RGB, 3 alpha. What follows is hidden. */
export const ALPHA = 3;
export const RGBA = 4;

/**
 * A batch of grids, float32 [count, height, width, channels], row by row: cell states, or a picture where the channels
 * are RGBA.
 */
export interface Cells {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** RGB is multiplied by alpha (Distill), or straight (the PyTorch original). */
  readonly premultiplied: boolean;
  /** Which rule each cell follows, [count, height, width], where there are several; all 0 if not given. */
  readonly strains?: Uint8Array;
}

/** What to grow: one grid of RGBA, [1, height, width, 4], 0 to 1, zero around the picture. */
export type Target = Cells;

/** The sizes of a grid for `cellsOf`, and what it is where it is more than a picture. */
export interface CellsOptions {
  readonly height: number;
  readonly width: number;
  /** 1 if not given. */
  readonly count?: number;
  /** 4, RGBA, if not given. */
  readonly channels?: number;
  /** True if not given. */
  readonly premultiplied?: boolean;
}

/** These numbers as a grid: not a copy. Throws InvalidInputError unless there are as many as the sizes say. */
export function cellsOf(data: Float32Array, options: CellsOptions): Cells {
  const { height, width, count = 1, channels = RGBA, premultiplied = true } = options;
  const cells = { data, count, height, width, channels, premultiplied };
  checkCells(cells);
  return cells;
}

/** Throws InvalidInputError unless a grid holds as many numbers, and strains, as its sizes say. */
export function checkCells({ data, strains, count, height, width, channels }: Cells): void {
  for (const [name, size] of Object.entries({ count, height, width, channels })) {
    checkInteger(`The cells' ${name}`, size, 1, MAX_SIDE);
  }
  const area = count * height * width;
  if (data.length !== area * channels) {
    throw new InvalidInputError(
      `Cells hold ${data.length} numbers; [${count}, ${height}, ${width}, ${channels}] needs ${area * channels}.`,
    );
  }
  if (strains && strains.length !== area) {
    throw new InvalidInputError(
      `The strains hold ${strains.length} numbers; [${count}, ${height}, ${width}] needs ${area}.`,
    );
  }
}

/** The same cells with a strain each, all of the first where they had none. */
export function withStrains(cells: Cells): Cells & { readonly strains: Uint8Array } {
  const { strains = new Uint8Array(cells.count * cells.height * cells.width) } = cells;
  return { ...cells, strains };
}

/** A copy of cells that are about to be changed. */
export function copyCells(cells: Cells): Cells {
  const copy = { ...cells, data: cells.data.slice() };
  return cells.strains ? { ...copy, strains: cells.strains.slice() } : copy;
}

/** How RGB is meant, in words for an error. */
export function colourOf({ premultiplied }: Pick<Cells, "premultiplied">): string {
  return premultiplied ? "premultiplied by alpha" : "straight";
}

/** The most cells along a side, and samples of a batch: beyond any memory. */
const MAX_SIDE = 2 ** 24;
/** The most numbers that a batch may hold: 4 GiB of them. */
const MAX_NUMBERS = 2 ** 30;

function checkSizes(sizes: readonly number[]): void {
  const numbers = sizes.reduce((product, size) => product * size, 1);
  if (sizes.every((size) => Number.isInteger(size) && size > 0) && numbers <= MAX_NUMBERS) return;
  throw new InvalidInputError(
    `Cells of [${sizes.join(", ")}] cannot be; expected whole numbers above 0, at most 2^30 numbers in all.`,
  );
}

/** Empty cells: all zero, [count, height, width, channels]. Throws InvalidInputError for a size that is impossible. */
export function emptyCells(
  count: number,
  height: number,
  width: number,
  channels: number,
  premultiplied = true,
): Cells {
  checkSizes([count, height, width, channels]);
  const data = new Float32Array(count * height * width * channels);
  return { data, count, height, width, channels, premultiplied };
}

/** Where a pattern starts: so many cells right of the centre (height >> 1, width >> 1), and down from it. */
export interface Seed {
  readonly dx: number;
  readonly dy: number;
}

/** Distill's: one seed in the centre. */
export const CENTRE: readonly Seed[] = [{ dx: 0, dy: 0 }];

export interface SeedOptions {
  /** True if not given. */
  readonly premultiplied?: boolean;
  /** One in the centre if not given. */
  readonly seeds?: readonly Seed[];
  /** The channels that tell seeds apart, one for each after the first; the hidden ones if not given. */
  readonly marks?: readonly number[];
}

/**
 * Copies of the seeds: all zero but the seeds' cells, whose alpha and hidden channels are 1. So that a rule can tell
 * seeds apart, each after the first has a channel of its own at -1, as far as there are channels. Throws
 * InvalidInputError for a seed beyond the grid.
 * Source: Mordvintsev et al. 2020, "Growing Neural Cellular Automata".
 */
export function seedCells(
  count: number,
  height: number,
  width: number,
  channels: number,
  { premultiplied = true, seeds = CENTRE, marks = hiddenOf(channels) }: SeedOptions = {},
): Cells {
  const cells = emptyCells(count, height, width, channels, premultiplied);
  const places = seeds.map((seed) => placeOf(seed, height, width));
  for (let sample = 0; sample < count; sample++) {
    for (const [i, place] of places.entries()) {
      const at = (sample * height * width + place) * channels;
      cells.data.fill(1, at + ALPHA, at + channels);
      if (i > 0 && marks.length > 0) cells.data[at + marks[(i - 1) % marks.length]] = -1;
    }
  }
  return cells;
}

function hiddenOf(channels: number): number[] {
  return Array.from({ length: Math.max(0, channels - RGBA) }, (_, i) => RGBA + i);
}

/** The number of a seed's cell. */
function placeOf({ dx, dy }: Seed, height: number, width: number): number {
  const [x, y] = [(width >> 1) + dx, (height >> 1) + dy];
  if (x >= 0 && x < width && y >= 0 && y < height) return y * width + x;
  throw new InvalidInputError(
    `A seed is ${dx} cells right of the centre and ${dy} down, beyond a grid of ${height} x ${width}; give a larger grid.`,
  );
}

/**
 * One sample of a batch, [1, height, width, channels]: a view, not a copy. Throws InvalidInputError where the batch has
 * no such sample.
 */
export function sampleOf(cells: Cells, index: number): Cells {
  if (!Number.isInteger(index) || index < 0 || index >= cells.count) {
    throw new InvalidInputError(
      `sample is ${index}; a batch of ${cells.count} has samples 0 to ${cells.count - 1}.`,
    );
  }
  const { channels, strains } = cells;
  const area = cells.height * cells.width;
  const [from, to] = [index * area, (index + 1) * area];
  const one = { ...cells, count: 1, data: cells.data.subarray(from * channels, to * channels) };
  return strains ? { ...one, strains: strains.subarray(from, to) } : one;
}

/** Copies one sample, with its strains if it has any, over another of a batch. */
export function placeSample(sample: Cells, batch: Cells, index: number): void {
  const to = sampleOf(batch, index);
  to.data.set(sample.data);
  if (sample.strains) to.strains?.set(sample.strains);
  else to.strains?.fill(0);
}

/**
 * Samples as one batch: copies. Throws InvalidInputError unless there is at least one, each is [1, height, width,
 * channels] of the same sizes, and their RGB is meant in the same way.
 */
export function stackCells(samples: readonly Cells[]): Cells {
  if (samples.length === 0)
    throw new InvalidInputError("There is nothing to stack; expected one sample at least.");
  const [first] = samples;
  const { height, width, channels, premultiplied } = first;
  const shape = (cells: Cells) =>
    `[${cells.count}, ${cells.height}, ${cells.width}, ${cells.channels}], RGB ${colourOf(cells)}`;
  const expected = shape({ ...first, count: 1 });
  const odd = samples.find((sample) => shape(sample) !== expected);
  if (odd)
    throw new InvalidInputError(`A sample of ${shape(odd)} in a stack of ${expected}; expected all alike.`);
  const batch = emptyCells(samples.length, height, width, channels, premultiplied);
  const all = samples.some(({ strains }) => strains)
    ? { ...batch, strains: new Uint8Array(samples.length * height * width) }
    : batch;
  samples.forEach((sample, i) => {
    placeSample(sample, all, i);
  });
  return all;
}
