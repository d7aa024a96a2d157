// What a rule is trained to do: by which rules the grid lives, and what a sample starts from.

import { type Cells, seedCells, type Target } from "../cells/cells.js";
import type { Random } from "../cells/random.js";
import type { Rules } from "../engine/wasm/job.js";
import type { Rule } from "../rule/rule.js";

export interface Task {
  /** Tells this task from others when a training goes on from a file: what it is, with all that decides its bits. */
  readonly description: string;
  /** What the grid lives by, the trained rule among it, and the trained rule's strain. */
  strainsWith(rule: Rule): { readonly rules: Rules; readonly trained: number };
  /** What a sample starts from, [1, height, width, channels]. */
  fresh(random: Random): Cells;
}

/** To grow a picture from the seed. */
export function growth({ height, width }: Target, { spec }: Rule): Task {
  const seed = seedCells(1, height, width, spec.channels);
  return { description: "growth", strainsWith: (rule) => ({ rules: rule, trained: 0 }), fresh: () => seed };
}
