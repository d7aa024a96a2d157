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
  type Compared,
  coarser,
  comparePatches,
  LONGEST_SIDE,
  type Patches,
  patchesOf,
  randomDirection,
  type Scale,
  zeros,
} from "./patches.js";

/** Directions along which patches are compared at the finest scale; half as many at each that follows, which has fewer details. */
const DIRECTIONS = 32;
/** The same where a texture is measured, always along the same ones. */
const MEASURED_DIRECTIONS = 128;
/** A coarser scale is added while half of the shorter side is at least this, in cells. */
const LEAST_SIDE = 12;
/** How much channels count that leave -1 to 1, as mean squares. */
const OVERFLOW = 1;
/** How often a sample that is changed loses all of its cloth, and not only what lies in a circle. */
const EMPTIED = 0.2;
/** Whole numbers below this have a float32 of their own. */
const MOST_KEYS = 2 ** 24;
/** The CA steps at which a texture is measured. */
const MEASURED_AT = [100, 500, 2000];

/** The colours of a sample, at the finest scale. */
function planesOf({ data, height, width, channels }: Cells, sample = 0): Scale {
  const picture = zeros(height, width, 1);
  const from = sample * height * width * channels;
  picture.planes.forEach((plane, c) => {
    for (let cell = 0; cell < plane.length; cell++) plane[cell] = data[from + cell * channels + c];
  });
  return picture;
}

/** How many scales a picture of such a shorter side has: its cells, and means of 2 x 2, 4 x 4 ... of them. */
function scaleCount(side: number): number {
  return side < 2 * LEAST_SIDE ? 1 : 1 + scaleCount(side / 2);
}

/** The picture at so many scales, the finest first. */
function scalesOf(picture: Scale, count: number): Scale[] {
  return count === 1 ? [picture] : [picture, ...scalesOf(coarser(picture), count - 1)];
}

/** The target's patches at every scale, along random directions: `count` at the finest. */
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
  const add = (i: number): Scale => {
    const gradient = zeros(height, width, 2 ** i);
    if (i + 1 < compared.length) addCoarser(add(i + 1), gradient);
    addGradient(compared[i], targets[i], gradient);
    return gradient;
  };
  return add(0);
}

/** Throws InvalidInputError for sides that patches cannot be compared in. */
function checkSides(what: string, { height, width }: Pick<Cells, "height" | "width">): void {
  for (const side of [height, width]) checkInteger(`${what}'s side`, side, LEAST_SIDE, LONGEST_SIDE);
}

/**
 * How far a sample's colours are from a picture, 0 if all patches are as frequent: along 128 directions at the finest scale, half as
 * many at each that follows. Throws InvalidInputError for sides below 12 or above 512 cells.
 */
export function textureLoss(cells: Cells, target: Target, sample = 0): number {
  checkSides("The picture", target);
  checkSides("The grid", cells);
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
 * The task of growing the picture's texture, for rules of this specification, on grids of `side` x `side` cells. The picture is taken
 * for a torus. A sample's context is a number; their sum starts the draw of a batch's directions. A sample that is changed is
 * wounded, or begins anew. Throws InvalidInputError for a picture that is not opaque, and for sides below 12 or above 512 cells.
 */
export function textureTask(target: Target, { spec }: Pick<Rule, "spec">, { side = 48 } = {}): Task<Woven> {
  checkTarget(target);
  checkInteger("side", side, LEAST_SIDE, LONGEST_SIDE);
  checkSides("The picture", target);
  if (target.data.some((value, i) => i % RGBA === ALPHA && value < 1))
    throw new InvalidInputError("The picture has holes; a texture needs one that is opaque everywhere.");
  const targets = scalesOf(planesOf(target), scaleCount(Math.min(target.height, target.width, side)));
  const cloth = seedFor({ spec }, { height: side, width: side });
  let last:
    | {
        readonly batch: Batch;
        readonly key: number;
        readonly patches: Patches[];
        readonly samples: Compared[][];
      }
    | undefined;
  /** How a batch compares, which `gradient` asks for after `losses`. */
  const look = (batch: Batch) => {
    if (last?.batch === batch) return last;
    const key = batch.contexts.reduce((sum, [one]) => sum + one, 0);
    const patches = last?.key === key ? last.patches : goals(targets, new Random(key), DIRECTIONS);
    const samples = Array.from({ length: batch.cells.count }, (_, sample) =>
      compare(planesOf(batch.cells, sample), patches),
    );
    last = { batch, key, patches, samples };
    return last;
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
        const [weight, each] = [slopes[sample] / count, slopes[sample] / (count * patches.length)];
        gradientOf(compared, patches, cells).planes.forEach((plane, c) => {
          plane.forEach((slope, cell) => {
            gradient[sample * size + cell * channels + c] = each * slope;
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
