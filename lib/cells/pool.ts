// The sample pool: states that earlier rollouts left, so that a rule learns to keep what it grew.
// Only cells that are not empty are kept, a seventh of a grown picture's grid.

import { type Cells, emptyCells, sampleOf } from "./cells.js";
import { InvalidInputError } from "./errors.js";
import type { Batch, Sample } from "./sample.js";

/** The pool's contents as arrays. */
export interface PoolState {
  /** Non-empty cells of each sample. */
  readonly counts: Uint32Array;
  readonly cells: Uint32Array;
  readonly values: Float32Array;
  /** The strain of every non-empty cell; empty when there is one strain alone. */
  readonly strains: Uint32Array;
  /** The context of every sample, one after the other; empty where they have none. */
  readonly contexts: Float32Array;
}

/** One sample: the indices of its non-empty cells, their channels, their strains if it has any, and its context. */
interface Slot {
  readonly cells: Uint32Array;
  readonly values: Float32Array;
  readonly strains?: Uint32Array;
  readonly context?: Float32Array;
}

function compress({ cells: { data, channels, strains }, context }: Sample): Slot {
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
  return { cells, values, strains: strains && cells.map((cell) => strains[cell]), context };
}

/** What all samples of a pool share. */
type Shape = Pick<Cells, "height" | "width" | "channels" | "premultiplied"> & {
  readonly hasStrains: boolean;
  /** How many numbers a context holds; 0 where samples have none. */
  readonly contextSize: number;
};

function shapeOf({ cells, context }: Sample): Shape {
  const { height, width, channels, premultiplied, strains } = cells;
  const [hasStrains, contextSize] = [strains !== undefined, context?.length ?? 0];
  return { height, width, channels, premultiplied, hasStrains, contextSize };
}

export class SamplePool {
  /** The state of no pool. */
  static readonly none: PoolState = {
    counts: new Uint32Array(0),
    cells: new Uint32Array(0),
    values: new Float32Array(0),
    strains: new Uint32Array(0),
    contexts: new Float32Array(0),
  };

  private readonly slots: Slot[] = [];
  private shape?: Shape;

  /** A pool that starts with these samples. Source: Mordvintsev et al. 2020. */
  constructor(samples: Iterable<Sample>) {
    for (const sample of samples) this.add(sample);
    if (this.size === 0) throw new InvalidInputError("A pool needs at least one sample.");
  }

  /** A pool that starts with these samples, taken one at a time. */
  static async from(samples: AsyncIterable<Sample>): Promise<SamplePool> {
    let pool: SamplePool | undefined;
    for await (const sample of samples) {
      if (pool) pool.add(sample);
      else pool = new SamplePool([sample]);
    }
    return pool ?? new SamplePool([]);
  }

  private add(sample: Sample): void {
    this.shape ??= shapeOf(sample);
    this.check(sample);
    this.slots.push(compress(sample));
  }

  /** Throws InvalidInputError unless the sample is one of this pool's kind. */
  private check(sample: Sample): void {
    if (sample.cells.count !== 1) {
      throw new InvalidInputError(
        `A sample of ${sample.cells.count} grids; expected one, [1, height, width, channels]: see sampleOf.`,
      );
    }
    const [expected, got] = [JSON.stringify(this.shape), JSON.stringify(shapeOf(sample))];
    if (got !== expected)
      throw new InvalidInputError(`A pool's samples are alike: ${got} beside ${expected}.`);
  }

  get size(): number {
    return this.slots.length;
  }

  /** Copies of these samples, [indices.length, height, width, channels]. Throws InvalidInputError for a missing one. */
  take(indices: readonly number[]): Batch {
    const { height, width, channels, premultiplied, hasStrains } = this.shape!;
    const area = height * width;
    const batch = emptyCells(indices.length, height, width, channels, premultiplied);
    const strains = hasStrains ? new Uint8Array(indices.length * area) : undefined;
    const slots = indices.map((index) => this.slotAt(index));
    slots.forEach((slot, sample) => {
      slot.cells.forEach((cell, i) => {
        const at = sample * area + cell;
        batch.data.set(slot.values.subarray(i * channels, (i + 1) * channels), at * channels);
        if (strains) strains[at] = slot.strains?.[i] ?? 0;
      });
    });
    const contexts = slots.flatMap(({ context }) => (context ? [context.slice()] : []));
    return { cells: strains ? { ...batch, strains } : batch, contexts };
  }

  private slotAt(index: number): Slot {
    const slot = this.slots[index];
    if (slot) return slot;
    throw new InvalidInputError(
      `There is no sample ${index} in a pool of ${this.size}; expected 0 to ${this.size - 1}.`,
    );
  }

  /** Replaces these samples with those of a batch. Throws InvalidInputError for a batch of another kind or count. */
  put(indices: readonly number[], { cells, contexts }: Batch): void {
    if (indices.length !== cells.count) {
      throw new InvalidInputError(`A batch of ${cells.count} for ${indices.length} samples of the pool.`);
    }
    const samples = indices.map((_, i) => ({ cells: sampleOf(cells, i), context: contexts[i] }));
    for (const sample of samples) this.check(sample);
    indices.forEach((index, i) => {
      this.slotAt(index);
      this.slots[index] = compress(samples[i]);
    });
  }

  save(): PoolState {
    const { channels, hasStrains, contextSize } = this.shape!;
    const counts = Uint32Array.from(this.slots, (slot) => slot.cells.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = new Uint32Array(total);
    const values = new Float32Array(total * channels);
    const strains = new Uint32Array(hasStrains ? total : 0);
    const contexts = new Float32Array(this.size * contextSize);
    let at = 0;
    this.slots.forEach((slot, index) => {
      cells.set(slot.cells, at);
      values.set(slot.values, at * channels);
      if (slot.strains) strains.set(slot.strains, at);
      if (slot.context) contexts.set(slot.context, index * contextSize);
      at += slot.cells.length;
    });
    return { counts, cells, values, strains, contexts };
  }

  /** Throws InvalidInputError for the state of a pool of another kind; this one then stays as it was. */
  restore({ counts, cells, values, strains, contexts }: PoolState): void {
    const { height, width, channels, hasStrains, contextSize } = this.shape!;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (
      counts.length !== this.size ||
      cells.length !== total ||
      values.length !== total * channels ||
      strains.length !== (hasStrains ? total : 0) ||
      contexts.length !== this.size * contextSize ||
      cells.some((cell) => cell >= height * width)
    ) {
      throw new InvalidInputError("The saved sample pool does not fit this training; start it anew.");
    }
    let at = 0;
    counts.forEach((count, index) => {
      const end = at + count;
      this.slots[index] = {
        cells: cells.slice(at, end),
        values: values.slice(at * channels, end * channels),
        strains: hasStrains ? strains.slice(at, end) : undefined,
        context: contextSize > 0 ? contexts.slice(index * contextSize, (index + 1) * contextSize) : undefined,
      };
      at = end;
    });
  }
}
