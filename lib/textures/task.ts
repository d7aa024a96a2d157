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
  addDoubled,
  COLOURS,
  halved,
  LONGEST_SIDE,
  type Patches,
  type Planes,
  patchesOf,
  patchLoss,
  randomDirection,
} from "./patches.js";

/** Directions along which patches are compared, at each size. */
const DIRECTIONS = 32;
/** The same where a texture is measured, always along the same ones. */
const MEASURED_DIRECTIONS = 128;
/** A picture is halved while its sides are at least this. */
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
function planesOf({ data, height, width, channels }: Cells, sample = 0): Planes {
  const area = height * width;
  const from = sample * area * channels;
  const planes = Array.from({ length: COLOURS }, (_, c) =>
    Float32Array.from({ length: area }, (_, cell) => data[from + cell * channels + c]),
  );
  return { height, width, planes };
}

/** The picture, and itself at half, a quarter ... of its size. */
function sizesOf(picture: Planes): Planes[] {
  const { height, width } = picture;
  const isLast = Math.min(height, width) < 2 * LEAST_SIDE || height % 2 > 0 || width % 2 > 0;
  return [picture, ...(isLast ? [] : sizesOf(halved(picture)))];
}

/** The target's patches at every size, along random directions. */
function goals(targets: readonly Planes[], random: Random, count: number): Patches[] {
  return targets.map((target) =>
    patchesOf(
      target,
      Array.from({ length: count }, () => randomDirection(random)),
    ),
  );
}

/** The mean over sizes of how far a picture's patches are from the target's; adds the sum's gradient where one is given. */
function pyramidLoss(picture: Planes, targets: readonly Patches[], gradient?: Planes): number {
  const sizes = sizesOf(picture).slice(0, targets.length);
  const slopes = sizes.map(({ height, width }, i) => (i === 0 && gradient) || zeros(height, width));
  const losses = sizes.map((size, i) => patchLoss(size, targets[i], gradient && slopes[i]));
  for (let i = sizes.length - 1; gradient && i > 0; i--) addDoubled(slopes[i], slopes[i - 1]);
  return mean(losses);
}

function zeros(height: number, width: number): Planes {
  return { height, width, planes: Array.from({ length: COLOURS }, () => new Float32Array(height * width)) };
}

/** How far a texture is from a picture, 0 if all patches are as frequent: along 128 directions at each size. */
export function textureLoss(cells: Cells, target: Target, sample = 0): number {
  const patches = goals(sizesOf(planesOf(target)), new Random(0), MEASURED_DIRECTIONS);
  return pyramidLoss(planesOf(cells, sample), patches);
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
 * sample's context starts the draw of directions, and a batch takes its first sample's. A sample that is changed is wounded, or
 * begins anew. Throws InvalidInputError for a picture that is not opaque.
 */
export function textureTask(target: Target, { spec }: Pick<Rule, "spec">, { side = 64 } = {}): Task<Woven> {
  checkTarget(target);
  checkInteger("side", side, LEAST_SIDE, LONGEST_SIDE);
  checkInteger("The picture's longer side", Math.max(target.height, target.width), LEAST_SIDE, LONGEST_SIDE);
  if (target.data.some((value, i) => i % RGBA === ALPHA && value < 1))
    throw new InvalidInputError("The picture has holes; a texture needs one that is opaque everywhere.");
  const targets = sizesOf(planesOf(target));
  const cloth = seedFor({ spec }, { height: side, width: side });
  const levels = Math.min(targets.length, sizesOf(zeros(side, side)).length);
  const goalsFor = ({ contexts: [[key]] }: Batch) =>
    goals(targets.slice(0, levels), new Random(key), DIRECTIONS);
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
      const patches = goalsFor(batch);
      return Float64Array.from({ length: cells.count }, (_, sample) => {
        let over = 0;
        overflows(cells, sample, size, (_, by) => {
          over += by * by;
        });
        return pyramidLoss(planesOf(cells, sample), patches) + (OVERFLOW * over) / size;
      });
    },
    gradient: (batch, slopes) => {
      const { cells } = batch;
      const { channels, count, height, width } = cells;
      const gradient = new Float32Array(cells.data.length);
      const size = gradient.length / count;
      const patches = goalsFor(batch);
      for (let sample = 0; sample < count; sample++) {
        const planes = zeros(height, width);
        pyramidLoss(planesOf(cells, sample), patches, planes);
        const [weight, scale] = [slopes[sample] / count, slopes[sample] / (count * patches.length)];
        planes.planes.forEach((plane, c) => {
          plane.forEach((slope, cell) => {
            gradient[sample * size + cell * channels + c] = scale * slope;
          });
        });
        overflows(cells, sample, size, (at, by) => {
          gradient[at] += (weight * OVERFLOW * 2 * by) / size;
        });
      }
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
