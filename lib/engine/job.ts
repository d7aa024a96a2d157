// A job in the engine's memory: what is asked for, checked at the edge, and written where the kernels read it.

import type { Cells } from "../rule/cells.js";
import { InvalidInputError } from "../rule/errors.js";
import { fireThreshold } from "../rule/random.js";
import {
  type AliveMask,
  checkInteger,
  checkParameters,
  checkRngSeed,
  checkSpec,
  type Rule,
} from "../rule/rule.js";
import * as L from "./layout.js";
import { packCells, packFilters, packParameters } from "./pack.js";
import { MARGIN, PLANES, type Plan } from "./plan.js";

const MAX_STEPS = 2 ** 30;
const MAX_CELLS = 2 ** 24; // a side: beyond any memory
const MASKS: Record<AliveMask, number> = {
  none: L.MASK_NONE,
  pre: L.MASK_PRE,
  "pre-and-post": L.MASK_PRE_AND_POST,
};

export interface RolloutOptions {
  /** CA steps. */
  readonly steps: number;
  /** Starts the fire mask's coins; a 32-bit integer. */
  readonly rngSeed: number;
  /** Number of the first CA step, so that a rollout in parts draws the coins of the whole one. */
  readonly firstStep?: number;
}

/** Throws InvalidInputError unless the rule, the cells and the options fit one another. */
export function checkInput(
  rule: Rule,
  cells: Cells,
  { steps, rngSeed, firstStep = 0 }: RolloutOptions,
): void {
  checkSpec(rule.spec);
  checkParameters(rule.spec, rule.parameters);
  checkRngSeed(rngSeed);
  if (cells.channels !== rule.spec.channels) {
    throw new InvalidInputError(`Cells have ${cells.channels} channels; the rule has ${rule.spec.channels}.`);
  }
  const { count, height, width, channels, data } = cells;
  for (const [name, size] of Object.entries({ count, height, width })) {
    checkInteger(`The cells' ${name}`, size, 1, MAX_CELLS);
  }
  if (data.length !== count * height * width * channels) {
    throw new InvalidInputError(
      `Cells hold ${data.length} numbers; [${count}, ${height}, ${width}, ${channels}] needs ` +
        `${count * height * width * channels}.`,
    );
  }
  checkInteger("steps", steps, 0, MAX_STEPS);
  checkInteger("firstStep", firstStep, 0, MAX_STEPS);
}

/** Writes the job: sizes, addresses, filters, weights and states. */
export function writeJob(
  memory: WebAssembly.Memory,
  plan: Plan,
  rule: Rule,
  cells: Cells,
  options: RolloutOptions,
  kind: number,
): void {
  const { spec } = rule;
  const { steps, rngSeed, firstStep = 0 } = options;
  const words = new Int32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
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
    [L.FIRE_THRESHOLD, fireThreshold(spec.fireRate)],
    [L.STEPS, steps],
    [L.FIRST_STEP, firstStep],
    [L.RNG_SEED, rngSeed],
    [L.TILE_STRIDE, plan.tileStride],
    [L.PLANE_BYTES, plan.planeBytes],
    [L.SUMS_BYTES, plan.sumsBytes],
    [L.SHARED, Number(plan.shared)],
  ]);
  for (const [word, value] of job) words[L.JOB / 4 + word] = value;
  plan.samples.forEach((sample, i) => {
    words.set(sample, plan.words.get(L.SAMPLE_TABLE)! / 4 + i * L.SAMPLE_WORDS);
    packCells(floats, plan, sample[L.STATE] / 4, cells, i);
  });
  plan.threads.forEach((thread, i) => {
    words.set(thread, plan.words.get(L.THREAD_TABLE)! / 4 + i * L.THREAD_WORDS);
    for (const plane of PLANES.filter((plane) => thread[plane] > 0)) {
      words.fill(0, (thread[plane] - MARGIN) / 4, (thread[plane] + plan.planeBytes + MARGIN) / 4);
    }
  });
  const inside = plan.words.get(L.INSIDE_ROW)!;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0, inside, inside + plan.stride).fill(255, inside + 1, inside + 1 + plan.width);
  packFilters(words, floats, plan, spec);
  packParameters(floats, plan, spec, rule.parameters);
}
