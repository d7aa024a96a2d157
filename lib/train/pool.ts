// The sample pool: states that earlier rollouts left, so that a rule learns to keep what it grew.
// Only cells that are not empty are kept, a seventh of a grown picture's grid.

import { type Cells, emptyCells, seedCells } from "../rule/cells.js";
import { InvalidInputError } from "../rule/errors.js";

/** One sample: the indices of its non-empty cells and their channels. */
interface Slot {
  readonly cells: Uint32Array;
  readonly values: Float32Array;
}

function compress(data: Float32Array, channels: number): Slot {
  const occupied: number[] = [];
  for (let cell = 0; cell < data.length / channels; cell++) {
    for (let at = cell * channels; at < (cell + 1) * channels; at++) {
      if (data[at] !== 0) {
        occupied.push(cell);
        break;
      }
    }
  }
  const values = new Float32Array(occupied.length * channels);
  occupied.forEach((cell, i) => {
    values.set(data.subarray(cell * channels, (cell + 1) * channels), i * channels);
  });
  return { cells: Uint32Array.from(occupied), values };
}

/** The pool's content in three arrays, to be saved and restored. */
export interface PoolState {
  /** Non-empty cells of each sample. */
  readonly counts: Uint32Array;
  readonly cells: Uint32Array;
  readonly values: Float32Array;
}

export class SamplePool {
  private readonly slots: Slot[];
  private readonly seed: Slot;

  /** A pool of `size` seeds of this shape. Source: Mordvintsev et al. 2020. */
  constructor(
    readonly size: number,
    readonly height: number,
    readonly width: number,
    readonly channels: number,
  ) {
    if (!Number.isInteger(size) || size < 1) {
      throw new InvalidInputError(`The pool's size is ${size}; expected a whole number from 1.`);
    }
    this.seed = compress(seedCells(1, height, width, channels).data, channels);
    this.slots = new Array(size).fill(this.seed);
  }

  /** Makes every sample a seed again. */
  reset(): void {
    this.slots.fill(this.seed);
  }

  /** Copies of these samples, [indices.length, height, width, channels]. */
  take(indices: readonly number[]): Cells {
    const { height, width, channels } = this;
    const batch = emptyCells(indices.length, height, width, channels);
    const size = height * width * channels;
    indices.forEach((index, sample) => {
      const { cells, values } = this.slots[index];
      cells.forEach((cell, i) => {
        const at = sample * size + cell * channels;
        for (let channel = 0; channel < channels; channel++)
          batch.data[at + channel] = values[i * channels + channel];
      });
    });
    return batch;
  }

  /** Replaces these samples by those of a batch. */
  put(indices: readonly number[], batch: Cells): void {
    const size = this.height * this.width * this.channels;
    indices.forEach((index, sample) => {
      this.slots[index] = compress(batch.data.subarray(sample * size, (sample + 1) * size), this.channels);
    });
  }

  save(): PoolState {
    const counts = Uint32Array.from(this.slots, (slot) => slot.cells.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = new Uint32Array(total);
    const values = new Float32Array(total * this.channels);
    let at = 0;
    for (const slot of this.slots) {
      cells.set(slot.cells, at);
      values.set(slot.values, at * this.channels);
      at += slot.cells.length;
    }
    return { counts, cells, values };
  }

  restore({ counts, cells, values }: PoolState): void {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const area = this.height * this.width;
    if (
      counts.length !== this.size ||
      cells.length !== total ||
      values.length !== total * this.channels ||
      cells.some((cell) => cell >= area)
    ) {
      throw new InvalidInputError("The saved sample pool does not fit this training; start it anew.");
    }
    let at = 0;
    counts.forEach((count, index) => {
      const end = at + count;
      this.slots[index] = {
        cells: cells.slice(at, end),
        values: values.slice(at * this.channels, end * this.channels),
      };
      at = end;
    });
  }
}
