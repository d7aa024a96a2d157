// Where a pattern may be wounded, and how badly: round holes of every size, everywhere in the pattern.

import { emptyCells, sampleOf, type Target } from "../cells/cells.js";
import { checkInteger } from "../cells/errors.js";
import { checkTarget, pictureLosses } from "../cells/picture-loss.js";
import { wound } from "../cells/wound.js";
import { defaultEngine } from "../engine/engines.js";
import { stateAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { logLoss, RECOVERED } from "./loss.js";
import type { MeasureOptions } from "./task.js";

/** CA steps before a hole, and from then until the pattern should be whole. */
const GROWN = 200;
const HEALED = 200;
/** Holes healed at a time: some 50 MB of states. */
const BATCH = 128;

export interface SurvivalOptions extends MeasureOptions {
  /** Radii of the holes in cells, ascending; 2, 4 and so on to 12 if not given. */
  readonly radii?: readonly number[];
  /** Cells from one hole's middle to the next; 3 if not given. */
  readonly every?: number;
}

/** What becomes of a pattern with a hole in one place. */
export interface SurvivalPlace {
  /** The middle of the holes, in cells from the upper left. */
  readonly x: number;
  readonly y: number;
  /** The largest radius of which, and of all smaller ones, the pattern was whole again; 0 where not of the smallest. */
  readonly radius: number;
}

interface Hole {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Places within the picture's own box, `every` cells apart and centred in it. */
function placesOf({ data, height, width }: Target, every: number): { x: number; y: number }[] {
  const alpha = (x: number, y: number) => data[(y * width + x) * 4 + 3];
  const all = Array.from({ length: height * width }, (_, i) => ({ x: i % width, y: Math.floor(i / width) }));
  const inside = all.filter(({ x, y }) => alpha(x, y) > 0);
  const along = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const first = low + Math.floor(((high - low) % every) / 2);
    return Array.from({ length: Math.floor((high - first) / every) + 1 }, (_, i) => first + i * every);
  };
  const [columns, rows] = [along(inside.map(({ x }) => x)), along(inside.map(({ y }) => y))];
  return rows.flatMap((y) => columns.map((x) => ({ x, y })));
}

/**
 * How large a round hole may be, by its place: a pattern of 200 CA steps is wounded once, and should be below
 * `RECOVERED` after 200 more. A hole that takes no living cell is survived.
 */
export async function survivalOf(
  rule: Rule,
  target: Target,
  {
    radii = [2, 4, 6, 8, 10, 12],
    every = 3,
    rngSeed = 0,
    onProgress,
    engine = defaultEngine(),
  }: SurvivalOptions = {},
): Promise<SurvivalPlace[]> {
  checkTarget(target);
  checkInteger("every", every, 1, 1024);
  for (const radius of radii) checkInteger("A radius", radius, 1, 1024);
  const { height, width } = target;
  const grown = await stateAt(rule, seedFor(rule, { height, width }), GROWN, { rngSeed, engine });
  const places = placesOf(target, every);
  const holes: Hole[] = places.flatMap((place) => radii.map((radius) => ({ ...place, radius })));
  const whole: boolean[] = [];
  for (let first = 0; first < holes.length; first += BATCH) {
    const batch = holes.slice(first, first + BATCH);
    const cells = emptyCells(batch.length, height, width, rule.spec.channels, grown.premultiplied);
    batch.forEach(({ x, y, radius }, i) => {
      sampleOf(cells, i).data.set(grown.data);
      wound(cells, i, (column, row) => Math.hypot(column - x, row - y) < radius, rule.spec.inputs);
    });
    const healed = await stateAt(rule, cells, HEALED, { rngSeed, firstStep: GROWN, engine });
    whole.push(...[...pictureLosses(healed, target)].map((loss) => logLoss(loss) < RECOVERED));
    onProgress?.(whole.length / holes.length);
  }
  return places.map((place, i) => {
    const survived = radii.filter((_, j) =>
      whole.slice(i * radii.length, i * radii.length + j + 1).every(Boolean),
    );
    return { ...place, radius: survived.at(-1) ?? 0 };
  });
}
