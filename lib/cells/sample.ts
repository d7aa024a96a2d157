// A training sample: cells, and what else belongs to them.

import { type Cells, stackCells, withStrains } from "./cells.js";
import { InvalidInputError } from "./errors.js";

/** What a rollout starts from. */
export interface Sample {
  /** [1, height, width, channels]. */
  readonly cells: Cells;
  /** What the sample is about, if anything: a label, a target of its own, a genome. All contexts have one length. */
  readonly context?: Float32Array;
}

/** Samples side by side. */
export interface Batch {
  readonly cells: Cells;
  /** One per sample; empty where the samples have none. */
  readonly contexts: readonly Float32Array[];
}

/** Samples as a batch: copies of their cells. Throws InvalidInputError unless they are alike, contexts included. */
export function batchOf(samples: readonly Sample[]): Batch {
  const size = samples[0]?.context?.length;
  if (samples.some(({ context }) => context?.length !== size)) {
    throw new InvalidInputError(
      "Some samples have a context, or a longer one; expected the same number of values in each.",
    );
  }
  return {
    cells: stackCells(samples.map(({ cells }) => cells)),
    contexts: samples.flatMap(({ context }) => (context ? [context] : [])),
  };
}

/** The same sample, with a strain for each of its cells. */
export function withSampleStrains(sample: Sample): Sample {
  return { ...sample, cells: withStrains(sample.cells) };
}
