// Cell states as plain typed arrays, and the seed that every pattern grows from.

import { InvalidInputError } from "./errors.js";

/** Channels of a cell state: 0-2 RGB premultiplied by alpha, 3 alpha, the rest hidden. */
export const ALPHA = 3;

/**
 * A batch of cell states, float32 [count, height, width, channels], row by row.
 * Outside the grid every state is zero.
 */
export interface Cells {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Which rule each cell follows, [count, height, width], where there are several; all 0 if not given. */
  readonly strains?: Uint8Array;
}

/** The same cells with a strain each, all of the first where they had none. */
export function withStrains(cells: Cells): Cells & { readonly strains: Uint8Array } {
  const { strains = new Uint8Array(cells.count * cells.height * cells.width) } = cells;
  return { ...cells, strains };
}

/** What to grow: float32 RGBA [height, width, 4], 0 to 1, zero around the picture. */
export interface Target {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Numbers that a batch may hold: 4 GiB of them. */
const MAX_NUMBERS = 2 ** 30;

/** Empty cells: all zero, [count, height, width, channels]. Throws InvalidInputError for a size that cannot be. */
export function emptyCells(count: number, height: number, width: number, channels: number): Cells {
  const sizes = [count, height, width, channels];
  if (
    !sizes.every((size) => Number.isInteger(size) && size > 0) ||
    count * height * width * channels > MAX_NUMBERS
  ) {
    throw new InvalidInputError(
      `Cells of [${sizes.join(", ")}] cannot be; expected whole numbers above 0, at most 2^30 numbers in all.`,
    );
  }
  return { data: new Float32Array(count * height * width * channels), count, height, width, channels };
}

/**
 * Copies of the seed: all zero but the centre cell (height >> 1, width >> 1), whose alpha and hidden
 * channels are 1. Source: Mordvintsev et al. 2020, "Growing Neural Cellular Automata".
 */
export function seedCells(count: number, height: number, width: number, channels: number): Cells {
  const cells = emptyCells(count, height, width, channels);
  const size = height * width * channels;
  const centre = ((height >> 1) * width + (width >> 1)) * channels;
  for (let sample = 0; sample < count; sample++) {
    const at = sample * size + centre;
    cells.data.fill(1, at + ALPHA, at + channels);
  }
  return cells;
}

/** One sample of a batch, [1, height, width, channels]: a view, not a copy. */
export function sampleOf(cells: Cells, index: number): Cells {
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

/** Samples of one shape as one batch: copies. */
export function stackCells(samples: readonly Cells[]): Cells {
  const [{ height, width, channels }] = samples;
  const batch = emptyCells(samples.length, height, width, channels);
  const all = samples.some(({ strains }) => strains)
    ? { ...batch, strains: new Uint8Array(samples.length * height * width) }
    : batch;
  samples.forEach((sample, i) => {
    placeSample(sample, all, i);
  });
  return all;
}
