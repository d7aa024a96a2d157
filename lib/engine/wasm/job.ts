// A job in the engine's memory: what is asked for, written where the kernels read it.

import type { Cells } from "../../cells/cells.js";
import { fireThreshold } from "../../cells/random.js";
import type { AliveMask, AliveReach, Boundary } from "../../rule/spec.js";
import type { Strains } from "../../rule/strains.js";
import type { RolloutOptions } from "../engine.js";
import * as L from "./layout.js";
import { packCells, packFilters, packParameters, packStrains } from "./pack.js";
import { MARGIN, PLANES, type Plan } from "./plan.js";

const MASKS: Record<AliveMask, number> = {
  none: L.MASK_NONE,
  pre: L.MASK_PRE,
  "pre-and-post": L.MASK_PRE_AND_POST,
};

const BOUNDARIES: Record<Boundary, number> = { zero: L.BOUNDARY_ZERO, torus: L.BOUNDARY_TORUS };

const REACHES: Record<AliveReach, number> = { cell: L.REACH_CELL, neighbourhood: L.REACH_NEIGHBOURHOOD };

/** Writes the job: sizes, addresses, filters, weights and states. */
export function writeJob(
  memory: WebAssembly.Memory,
  plan: Plan,
  { rules, spread }: Strains,
  cells: Cells,
  options: RolloutOptions,
  kind: number,
): void {
  const [{ spec }] = rules;
  const { steps, rngSeed, firstStep = 0 } = options;
  const words = new Int32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const job = new Map([
    ...plan.words,
    [L.ARENA, plan.end],
    [L.ARENA + 1, 0],
    [L.THREADS, plan.threads.length],
    [L.KIND, kind],
    [L.COUNT, cells.count],
    [L.HEIGHT, plan.height],
    [L.WIDTH, plan.width],
    [L.STRIDE, plan.stride],
    [L.CHANNELS, plan.channels],
    [L.FILTERS, plan.filters],
    [L.HIDDEN, plan.hidden],
    [L.MASK, MASKS[spec.aliveMask]],
    [L.BOUNDARY, BOUNDARIES[spec.boundary]],
    [L.ALIVE_CHANNEL, spec.aliveChannel],
    [L.ALIVE_REACH, REACHES[spec.aliveReach]],
    [L.FIRE_THRESHOLD, fireThreshold(spec.fireRate)],
    [L.STEPS, steps],
    [L.FIRST_STEP, firstStep],
    [L.RNG_SEED, rngSeed],
    [L.TILE_BYTES, plan.tileBytes],
    [L.UNITS_BYTES, plan.unitsBytes],
    [L.UNIT_BYTES, plan.unitBytes],
    [L.MASK_BYTES, plan.maskBytes],
    [L.PLANE_BYTES, plan.planeBytes],
    [L.SUMS_BYTES, plan.sumsBytes],
    [L.LEADERS, plan.leaders],
    [L.STRAINS, rules.length],
    ...spread.flatMap((row, strain) =>
      row.map((chance, other): [number, number] => [
        L.SPREAD + strain * L.MAX_STRAINS + other,
        fireThreshold(chance),
      ]),
    ),
  ]);
  for (const [word, value] of job) words[L.JOB / 4 + word] = value;
  floats[L.JOB / 4 + L.ALIVE_THRESHOLD] = spec.aliveThreshold;
  plan.samples.forEach((sample, i) => {
    words.set(sample, plan.words.get(L.SAMPLE_TABLE)! / 4 + i * L.SAMPLE_WORDS);
    packCells(floats, plan, sample[L.STATE] / 4, cells, i);
    if (rules.length > 1) packStrains(bytes, plan, sample[L.STRAIN_PLANE], cells, i);
  });
  plan.threads.forEach((thread, i) => {
    words.set(thread, plan.words.get(L.THREAD_TABLE)! / 4 + i * L.THREAD_WORDS);
    for (const plane of PLANES.filter((plane) => thread[plane] > 0)) {
      words.fill(0, (thread[plane] - MARGIN) / 4, (thread[plane] + plan.planeBytes + MARGIN) / 4);
    }
  });
  const inside = plan.words.get(L.INSIDE_ROW)!;
  bytes.fill(0, inside, inside + plan.stride).fill(255, inside + 1, inside + 1 + plan.width);
  const updated = plan.words.get(L.UPDATED_ROW)! / 4;
  words.fill(-1, updated, updated + plan.channels);
  for (const channel of spec.inputs) words[updated + channel] = 0;
  packFilters(words, floats, plan, spec);
  rules.forEach(({ parameters }, strain) => {
    packParameters(floats, plan, spec, parameters, strain);
  });
}
