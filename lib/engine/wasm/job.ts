// A job in the engine's memory: what is asked for, checked at the edge, and written where the kernels read it.

import type { Cells } from "../../cells/cells.js";
import { InvalidInputError } from "../../cells/errors.js";
import { fireThreshold } from "../../cells/random.js";
import {
  type AliveMask,
  checkInteger,
  checkParameters,
  checkRngSeed,
  checkSpec,
  type Rule,
} from "../../rule/rule.js";
import { checkStrains, type Strains } from "../../rule/strains.js";
import * as L from "./layout.js";
import { packCells, packFilters, packParameters, packStrains } from "./pack.js";
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

/** What a grid is computed by: one rule, or several. */
export type Rules = Rule | Strains;

/** One rule is one strain that needs no spreading. */
export function strainsOf(rules: Rules): Strains {
  return "rules" in rules ? rules : { rules: [rules], spread: [[0]] };
}

/** Throws InvalidInputError unless the rules make sense and go together. */
export function checkRules(strains: Strains): void {
  checkStrains(strains);
  for (const { spec, parameters } of strains.rules) {
    checkSpec(spec);
    checkParameters(spec, parameters);
  }
}

/** Throws InvalidInputError unless the rules, the cells and the options fit one another. */
export function checkInput(
  strains: Strains,
  cells: Cells,
  { steps, rngSeed, firstStep = 0 }: RolloutOptions,
): void {
  checkRules(strains);
  checkRngSeed(rngSeed);
  const [{ spec }] = strains.rules;
  if (cells.channels !== spec.channels) {
    throw new InvalidInputError(`Cells have ${cells.channels} channels; the rule has ${spec.channels}.`);
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
  checkStrainsOf(cells, strains.rules.length);
  checkInteger("steps", steps, 0, MAX_STEPS);
  checkInteger("firstStep", firstStep, 0, MAX_STEPS);
}

function checkStrainsOf({ strains, count, height, width }: Cells, rules: number): void {
  if (!strains) return;
  if (strains.length !== count * height * width) {
    throw new InvalidInputError(
      `The strains hold ${strains.length} numbers; [${count}, ${height}, ${width}] needs ${count * height * width}.`,
    );
  }
  const unknown = strains.find((strain) => strain >= rules);
  if (unknown !== undefined) {
    throw new InvalidInputError(
      `A cell is of strain ${unknown}; there are ${rules} rules, strains 0 to ${rules - 1}.`,
    );
  }
}

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
    [L.FIRE_THRESHOLD, fireThreshold(spec.fireRate)],
    [L.STEPS, steps],
    [L.FIRST_STEP, firstStep],
    [L.RNG_SEED, rngSeed],
    [L.TILE_STRIDE, plan.tileStride],
    [L.PLANE_BYTES, plan.planeBytes],
    [L.SUMS_BYTES, plan.sumsBytes],
    [L.SHARED, Number(plan.shared)],
    [L.STRAINS, rules.length],
    ...spread.flatMap((row, strain) =>
      row.map((chance, other): [number, number] => [
        L.SPREAD + strain * L.MAX_STRAINS + other,
        fireThreshold(chance),
      ]),
    ),
  ]);
  for (const [word, value] of job) words[L.JOB / 4 + word] = value;
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
  packFilters(words, floats, plan, spec);
  rules.forEach(({ parameters }, strain) => {
    packParameters(floats, plan, spec, parameters, strain);
  });
}
