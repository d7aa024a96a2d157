// What is measured: the design's workloads, each on states that a grown lizard really has.

import * as nca from "../lib/index.js";

export type Mode = "train" | "infer";

export interface Workload {
  readonly name: string;
  readonly rule: nca.Rule;
  readonly cells: nca.Cells;
  /** CA steps of a training step; in mode `infer` the figure is for one CA step. */
  readonly steps: number;
}

const STEPS = 64;
/** Ages of the pool's samples, in CA steps. */
const AGES = [64, 96, 128, 160, 192, 224, 256, 288];
const GRID = 72;
const SMALL_GRID = 40;

/** A rule that has been trained a little: it fires in full and changes next to nothing, so that states stay as they are. */
function quiet(options: nca.RuleOptions): nca.Rule {
  const rule = nca.createRule({ ...options, rngSeed: 1 });
  const random = new nca.Random(2);
  rule.parameters.w2.forEach((_, i, w2) => {
    w2[i] = random.uniform(-1e-4, 1e-4);
  });
  return rule;
}

/** The middle of every sample. */
function crop(cells: nca.Cells, size: number): nca.Cells {
  const cropped = nca.emptyCells(cells.count, size, size, cells.channels);
  const margin = (cells.width - size) >> 1;
  for (let sample = 0; sample < cells.count; sample++) {
    for (let row = 0; row < size; row++) {
      const from = ((sample * cells.height + row + margin) * cells.width + margin) * cells.channels;
      const line = cells.data.subarray(from, from + size * cells.channels);
      cropped.data.set(line, (sample * size + row) * size * cells.channels);
    }
  }
  return cropped;
}

/** A pool of lizards of different ages, grown by the trained rule. */
function lizards(rule: nca.Rule, count: number): nca.Cells {
  const pool = nca.emptyCells(count, GRID, GRID, rule.spec.channels);
  for (let sample = 0; sample < count; sample++) {
    const steps = AGES[sample % AGES.length];
    const [, grown] = nca.grow(rule, { steps, every: steps, size: GRID, rngSeed: sample });
    nca.sampleOf(pool, sample).data.set(grown.data);
  }
  return pool;
}

export async function loadWorkloads(): Promise<Workload[]> {
  const lizard = await nca.load("models/lizard.safetensors");
  const pool = lizards(lizard, AGES.length);
  const one = { ...nca.sampleOf(pool, 0) };
  return [
    { name: "paper", rule: lizard, cells: pool, steps: STEPS },
    {
      name: "original",
      rule: quiet({ perception: "neighbourhood", hidden: 256, aliveMask: "pre" }),
      cells: crop(pool, SMALL_GRID),
      steps: STEPS,
    },
    { name: "dense", rule: quiet({ aliveMask: "none" }), cells: one, steps: STEPS },
    { name: "single", rule: lizard, cells: one, steps: STEPS },
  ];
}
