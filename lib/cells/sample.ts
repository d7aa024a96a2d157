// A sample of a training: cells, and what else belongs to them.

import { type Cells, stackCells, withStrains } from "./cells.js";
import { InvalidInputError } from "./errors.js";

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

/** Samples as a batch: copies of their cells. Throws InvalidInputError unless they are alike, contexts included. */
export function batchOf(samples: readonly Sample[]): Batch {
  const size = samples[0]?.context?.length;
  if (samples.some(({ context }) => context?.length !== size)) {
    throw new InvalidInputError(
      "Some samples have a context, or a longer one; expected as many numbers in each.",
    );
  }
  return {
    cells: stackCells(samples.map(({ cells }) => cells)),
    contexts: samples.flatMap(({ context }) => (context ? [context] : [])),
  };
}

/** The same sample, its cells with a strain each. */
export function withSampleStrains(sample: Sample): Sample {
  return { ...sample, cells: withStrains(sample.cells) };
}
