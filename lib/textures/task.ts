// The task of growing a texture: every sample's patches, small and large, should be as frequent as the picture's.

import { ALPHA, type Cells, copyCells, RGBA, type Target } from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { checkTarget } from "../cells/picture-loss.js";
import { Random } from "../cells/random.js";
import type { Batch } from "../cells/sample.js";
import { mean } from "../cells/statistics.js";
import { applyWound } from "../cells/wound.js";
import { defaultEngine } from "../engine/engines.js";
import { statesAt } from "../engine/grow.js";
import { fingerprintOf } from "../io/target-facts.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { randomCircle } from "../train/damage.js";
import type { Task } from "../train/task.js";
import {
  addCoarser,
  addGradient,
  COLOURS,
  type Compared,
  coarser,
  comparePatches,
  LONGEST_SIDE,
  type Patches,
  patchesOf,
  randomDirection,
  type Scale,
} from "./patches.js";

/** Directions along which patches are compared at the finest scale; half as many at each that follows, which has fewer details. */
const DIRECTIONS = 32;
/** The same where a texture is measured, always along the same ones. */
const MEASURED_DIRECTIONS = 128;
/** How many cells a picture's sides have at least, at its coarsest scale. */
const LEAST_SIDE = 12;
/** How much channels count that leave -1 to 1, as mean squares. */
const OVERFLOW = 1;
/** How often a sample that is changed loses all of its cloth, and not only what lies in a circle. */
const EMPTIED = 0.2;
/** Whole numbers below this have a float32 of their own. */
const MOST_KEYS = 2 ** 24;
/** The CA steps at which a texture is measured. */
const MEASURED_AT = [100, 500, 2000];

/** The colours of a sample, channel by channel. */
function planesOf({ data, height, width, channels }: Cells, sample = 0): Scale {
  const area = height * width;
  const from = sample * area * channels;
  const planes = Array.from({ length: COLOURS }, () => new Float32Array(area));
  planes.forEach((plane, c) => {
    for (let cell = 0; cell < area; cell++) plane[cell] = data[from + cell * channels + c];
  });
  return { height, width, planes, spacing: 1 };
}

/** How many scales a picture has: its cells, and means of 2 x 2, 4 x 4 ... of them. */
function scaleCount(side: number): number {
  return 1 + Math.floor(Math.log2(side / LEAST_SIDE));
}

/** The picture at so many scales, the finest first. */
function scalesOf(picture: Scale, count: number): Scale[] {
  return count === 1 ? [picture] : [picture, ...scalesOf(coarser(picture), count - 1)];
}

/** The target's patches at every scale, along random directions. */
function goals(targets: readonly Scale[], random: Random, count: number): Patches[] {
  return targets.map((target) =>
    patchesOf(
      target,
      Array.from({ length: Math.ceil(count / target.spacing) }, () => randomDirection(random)),
    ),
  );
}

/** How far a picture's patches are from the target's, at each scale. */
function compare(picture: Scale, targets: readonly Patches[]): Compared[] {
  return scalesOf(picture, targets.length).map((scale, i) => comparePatches(scale, targets[i]));
}

const meanLoss = (compared: readonly Compared[]) => mean(compared.map(({ loss }) => loss));

/** The gradient of the sum over scales with respect to the picture's cells. */
function gradientOf(
  compared: readonly Compared[],
  targets: readonly Patches[],
  { height, width }: Cells,
): Scale {
  const gradients = compared.map((_, i) => ({ ...zeros(height, width), spacing: 2 ** i }));
  for (let i = compared.length - 1; i >= 0; i--) {
    addGradient(compared[i], targets[i], gradients[i]);
    if (i > 0) addCoarser(gradients[i], gradients[i - 1]);
  }
  return gradients[0];
}

function zeros(height: number, width: number) {
  return { height, width, planes: Array.from({ length: COLOURS }, () => new Float32Array(height * width)) };
}

/** How far a texture is from a picture, 0 if all patches are as frequent: along 128 directions and fewer at coarser scales. */
export function textureLoss(cells: Cells, target: Target, sample = 0): number {
  const count = scaleCount(Math.min(target.height, target.width, cells.height, cells.width));
  const targets = goals(scalesOf(planesOf(target), count), new Random(0), MEASURED_DIRECTIONS);
  return meanLoss(compare(planesOf(cells, sample), targets));
}

/** `textureLoss` of a rule's cloth by the CA step. */
export type Woven = Readonly<Record<number, number>>;

/** How channels leave -1 to 1: calls back with each place and by how much. */
function overflows(
  { data, channels }: Cells,
  sample: number,
  size: number,
  visit: (at: number, by: number) => void,
): void {
  for (let at = sample * size; at < (sample + 1) * size; at += channels)
    for (let c = 0; c < channels; c++) {
      const by = data[at + c] - Math.max(-1, Math.min(1, data[at + c]));
      if (by !== 0) visit(at + c, by);
    }
}

/**
 * The task of growing the picture's texture, for rules of this specification, on cloth of `side` x `side` cells. The picture is taken for a torus. A
 * sample's context is a number; their sum starts the draw of a batch's directions. A sample that is changed is wounded, or
 * begins anew. Throws InvalidInputError for a picture that is not opaque.
 */
export function textureTask(target: Target, { spec }: Pick<Rule, "spec">, { side = 48 } = {}): Task<Woven> {
  checkTarget(target);
  checkInteger("side", side, LEAST_SIDE, LONGEST_SIDE);
  checkInteger("The picture's longer side", Math.max(target.height, target.width), LEAST_SIDE, LONGEST_SIDE);
  if (target.data.some((value, i) => i % RGBA === ALPHA && value < 1))
    throw new InvalidInputError("The picture has holes; a texture needs one that is opaque everywhere.");
  const targets = scalesOf(planesOf(target), scaleCount(Math.min(target.height, target.width, side)));
  const cloth = seedFor({ spec }, { height: side, width: side });
  let known: { readonly key: number; readonly patches: Patches[] } | undefined;
  const goalsFor = ({ contexts }: Batch) => {
    const key = contexts.reduce((sum, [one]) => sum + one, 0);
    if (known?.key !== key) known = { key, patches: goals(targets, new Random(key), DIRECTIONS) };
    return known.patches;
  };
  // a batch's gradient is asked for after its losses
  const looked = new WeakMap<Batch, { readonly patches: Patches[]; readonly samples: Compared[][] }>();
  const look = (batch: Batch) => {
    const known = looked.get(batch);
    if (known) return known;
    const patches = goalsFor(batch);
    const samples = Array.from({ length: batch.cells.count }, (_, sample) =>
      compare(planesOf(batch.cells, sample), patches),
    );
    looked.set(batch, { patches, samples });
    return { patches, samples };
  };
  return {
    description: {
      kind: "texture",
      target: fingerprintOf(target),
      height: target.height,
      width: target.width,
      side,
    },
    strainsWith: (rule) => ({ rules: rule, trained: 0 }),
    fresh: async (random) => ({
      cells: cloth,
      context: Float32Array.of(random.integer(0, MOST_KEYS)),
    }),
    change: ({ cells, context }, random) => {
      if (random.uniform() < EMPTIED) return { cells: cloth, context };
      const next = copyCells(cells);
      applyWound(next, 0, { kind: "circle", ...randomCircle(random) }, [ALPHA]);
      return { cells: next, context };
    },
    losses: (batch) => {
      const { cells } = batch;
      const size = cells.data.length / cells.count;
      return Float64Array.from(look(batch).samples, (compared, sample) => {
        let over = 0;
        overflows(cells, sample, size, (_, by) => {
          over += by * by;
        });
        return meanLoss(compared) + (OVERFLOW * over) / size;
      });
    },
    gradient: (batch, slopes) => {
      const { cells } = batch;
      const { channels, count } = cells;
      const gradient = new Float32Array(cells.data.length);
      const size = gradient.length / count;
      const { patches, samples } = look(batch);
      samples.forEach((compared, sample) => {
        const [weight, scale] = [slopes[sample] / count, slopes[sample] / (count * patches.length)];
        gradientOf(compared, patches, cells).planes.forEach((plane, c) => {
          plane.forEach((slope, cell) => {
            gradient[sample * size + cell * channels + c] = scale * slope;
          });
        });
        overflows(cells, sample, size, (at, by) => {
          gradient[at] += (weight * OVERFLOW * 2 * by) / size;
        });
      });
      return gradient;
    },
    broken: () => undefined,
    measure: async (rule, { engine = defaultEngine(), rngSeed = 0 } = {}) => {
      const woven: Record<number, number> = {};
      for await (const { step, cells } of statesAt(rule, cloth, MEASURED_AT, { engine, rngSeed }))
        woven[step] = textureLoss(cells, target);
      return woven;
    },
  };
}
