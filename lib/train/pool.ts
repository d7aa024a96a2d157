// The sample pool: states that earlier rollouts left, so that a rule learns to keep what it grew.
// Only cells that are not empty are kept, a seventh of a grown picture's grid.

import { type Cells, emptyCells, sampleOf } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";

/** One sample: the indices of its non-empty cells, their channels, and their strains if it has any. */
interface Slot {
  readonly cells: Uint32Array;
  readonly values: Float32Array;
  readonly strains?: Uint32Array;
}

function compress({ data, channels, strains }: Cells): Slot {
  const isEmpty = (cell: number) => {
    for (let at = cell * channels; at < (cell + 1) * channels; at++) if (data[at] !== 0) return false;
    return !strains?.[cell]; // a cell at the rim may be all zero, and alive and infected all the same
  };
  const occupied: number[] = [];
  for (let cell = 0; cell < data.length / channels; cell++) if (!isEmpty(cell)) occupied.push(cell);
  const values = new Float32Array(occupied.length * channels);
  occupied.forEach((cell, i) => {
    values.set(data.subarray(cell * channels, (cell + 1) * channels), i * channels);
  });
  const cells = Uint32Array.from(occupied);
  return strains ? { cells, values, strains: cells.map((cell) => strains[cell]) } : { cells, values };
}

/** The pool's content as arrays, to be saved and restored. */
export interface PoolState {
  /** Non-empty cells of each sample. */
  readonly counts: Uint32Array;
  readonly cells: Uint32Array;
  readonly values: Float32Array;
  /** The strain of every non-empty cell; empty when there is one strain alone. */
  readonly strains: Uint32Array;
}

export class SamplePool {
  private readonly slots: Slot[] = [];
  private readonly height: number;
  private readonly width: number;
  private readonly channels: number;
  private readonly hasStrains: boolean;

  /** A pool that starts with these samples, taken one at a time. Source: Mordvintsev et al. 2020. */
  constructor(samples: Iterable<Cells>) {
    let first: Cells | undefined;
    for (const sample of samples) {
      first ??= sample;
      this.slots.push(compress(sample));
    }
    if (!first) throw new InvalidInputError("A pool needs at least one sample.");
    [this.height, this.width, this.channels] = [first.height, first.width, first.channels];
    this.hasStrains = first.strains !== undefined;
  }

  get size(): number {
    return this.slots.length;
  }

  /** Copies of these samples, [indices.length, height, width, channels]. */
  take(indices: readonly number[]): Cells {
    const { height, width, channels } = this;
    const area = height * width;
    const batch = emptyCells(indices.length, height, width, channels);
    const strains = this.hasStrains ? new Uint8Array(indices.length * area) : undefined;
    indices.forEach((index, sample) => {
      const slot = this.slots[index];
      slot.cells.forEach((cell, i) => {
        const at = sample * area + cell;
        batch.data.set(slot.values.subarray(i * channels, (i + 1) * channels), at * channels);
        if (strains) strains[at] = slot.strains?.[i] ?? 0;
      });
    });
    return strains ? { ...batch, strains } : batch;
  }

  /** Replaces these samples by those of a batch. */
  put(indices: readonly number[], batch: Cells): void {
    indices.forEach((index, sample) => {
      this.slots[index] = compress(sampleOf(batch, sample));
    });
  }

  save(): PoolState {
    const counts = Uint32Array.from(this.slots, (slot) => slot.cells.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = new Uint32Array(total);
    const values = new Float32Array(total * this.channels);
    const strains = new Uint32Array(this.hasStrains ? total : 0);
    let at = 0;
    for (const slot of this.slots) {
      cells.set(slot.cells, at);
      values.set(slot.values, at * this.channels);
      if (this.hasStrains && slot.strains) strains.set(slot.strains, at);
      at += slot.cells.length;
    }
    return { counts, cells, values, strains };
  }

  restore({ counts, cells, values, strains }: PoolState): void {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const area = this.height * this.width;
    if (
      counts.length !== this.size ||
      cells.length !== total ||
      values.length !== total * this.channels ||
      strains.length !== (this.hasStrains ? total : 0) ||
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
        ...(this.hasStrains && { strains: strains.slice(at, end) }),
      };
      at = end;
    });
  }
}
