// What a rollout has to compute, counted cell by cell with the rule's own functions: only cells that are alive and
// fire move anything, and the arithmetic of these is what an engine's speed is measured by.

import { combine, fires, fireThreshold } from "../lib/cells/random.js";
import * as nca from "../lib/node.js";
import { featuresOf } from "../lib/rule/rule.js";
import type { Mode, Workload } from "./workloads.js";

/** Whether alpha is above the threshold in the 3x3 neighbourhood, [height * width]. */
function alive({ spec }: nca.Rule, { data, height, width, channels }: nca.Cells): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (let cell = 0; cell < mask.length; cell++) {
    if (!nca.isMature(spec, data[cell * channels + spec.aliveChannel])) continue;
    const [row, column] = [Math.floor(cell / width), cell % width];
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++)
      mask.fill(1, y * width + Math.max(0, column - 1), y * width + Math.min(width - 1, column + 1) + 1);
  }
  return mask;
}

/** Cells that are alive, or all of them under a rule without an alive mask. */
function moving(rule: nca.Rule, cells: nca.Cells): Uint8Array {
  return rule.spec.aliveMask === "none"
    ? new Uint8Array(cells.height * cells.width).fill(1)
    : alive(rule, cells);
}

/** The share of a batch's cells that are alive. */
export function aliveShare({ rule, cells }: Workload): number {
  let count = 0;
  for (let sample = 0; sample < cells.count; sample++)
    for (const one of moving(rule, nca.sampleOf(cells, sample))) count += one;
  return count / (cells.count * cells.height * cells.width);
}

/** Cells that are alive before a CA step and fire in it, over all CA steps and samples of the rollout. */
export async function activeCellSteps({ rule, cells, steps }: Workload, rngSeed: number): Promise<number> {
  const threshold = fireThreshold(rule.spec.fireRate);
  let count = 0;
  let state = cells;
  for (let step = 0; step < steps; step++) {
    for (let sample = 0; sample < cells.count; sample++) {
      const key = combine(combine(rngSeed, sample), step);
      moving(rule, nca.sampleOf(state, sample)).forEach((one, cell) => {
        if (one && fires(key, cell, threshold)) count++;
      });
    }
    state = await nca.stateAt(rule, state, 1, { rngSeed, firstStep: step });
  }
  return count;
}

/** The gradient costs twice the rollout: one product for the inputs, one for the weights. */
const PASSES: Record<Mode, number> = { train: 3, infer: 1 };

/** Floating point operations of an active cell in a CA step: a multiplication and an addition a weight. */
export function operationsPerCell({ spec }: nca.Rule, mode: Mode): number {
  return PASSES[mode] * 2 * (featuresOf(spec) * spec.hidden + spec.hidden * spec.channels);
}
