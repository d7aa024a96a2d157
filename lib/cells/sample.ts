// A sample of a training: cells, and what else belongs to them.

import { type Cells, stackCells, withStrains } from "./cells.js";

/** What a rollout starts from. */
export interface Sample {
  /** [1, height, width, channels]. */
  readonly cells: Cells;
  /** What the sample is about, where it has such: a label, a target of its own, a genome. As many numbers in each. */
  readonly context?: Float32Array;
}

/** Samples side by side. */
export interface Batch {
  readonly cells: Cells;
  /** One a sample; none where the samples have none. */
  readonly contexts: readonly Float32Array[];
}

/** Samples of one kind as a batch: copies of their cells. */
export function batchOf(samples: readonly Sample[]): Batch {
  return {
    cells: stackCells(samples.map(({ cells }) => cells)),
    contexts: samples.flatMap(({ context }) => (context ? [context] : [])),
  };
}

/** The same sample, its cells with a strain each. */
export function withSampleStrains(sample: Sample): Sample {
  return { ...sample, cells: withStrains(sample.cells) };
}
