// What is measured: the design's workloads, each on states that a grown lizard really has.

import * as nca from "../lib/node.js";
import { LIZARD_MODEL } from "./files.js";
import { resized } from "./grids.js";

export type Mode = "train" | "infer";
export const MODES: readonly Mode[] = ["train", "infer"];

export interface Workload {
  readonly name: string;
  readonly rule: nca.Rule;
  readonly cells: nca.Cells;
  /** CA steps of a training step; in mode `infer` the figure is for one CA step. */
  readonly steps: number;
}

/** What all workloads and curves start from. */
export interface Lizards {
  readonly rule: nca.Rule;
  /** Lizards of different ages on grids of 72 x 72, as in a sample pool. */
  readonly pool: nca.Cells;
}

export const STEPS = 64;
/** Ages of the pool's samples, in CA steps. */
const AGES = [64, 96, 128, 160, 192, 224, 256, 288];
export const GRID = 72;
const SMALL_GRID = 40;

/** A rule that has been trained a little: it fires in full and changes next to nothing, so that states stay as they are. */
export function quiet(options: nca.RuleOptions): nca.Rule {
  const rule = nca.createRule({ ...options, rngSeed: 1 });
  const random = new nca.Random(2);
  rule.parameters.w2.forEach((_, i, w2) => {
    w2[i] = random.uniform(-1e-4, 1e-4);
  });
  return rule;
}

/** Grown by the trained rule that the project ships. */
export async function growLizards(): Promise<Lizards> {
  const rule = await nca.load(LIZARD_MODEL);
  const pool = nca.emptyCells(AGES.length, GRID, GRID, rule.spec.channels);
  for (const [sample, steps] of AGES.entries()) {
    const [, grown] = await nca.grow(rule, { steps, every: steps, size: GRID, rngSeed: sample });
    nca.sampleOf(pool, sample).data.set(grown.data);
  }
  return { rule, pool };
}

export function workloadsOf({ rule, pool }: Lizards): Workload[] {
  const one = resized(nca.sampleOf(pool, 0), GRID);
  return [
    { name: "paper", rule, cells: pool, steps: STEPS },
    {
      name: "original",
      rule: quiet({ perception: "neighbourhood", hidden: 256, aliveMask: "pre" }),
      cells: resized(pool, SMALL_GRID),
      steps: STEPS,
    },
    { name: "dense", rule: quiet({ aliveMask: "none" }), cells: one, steps: STEPS },
    { name: "single", rule, cells: one, steps: STEPS },
  ];
}
