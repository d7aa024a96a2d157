// Random damage, which a regenerating rule learns to heal.

import type { Cells } from "../cells/cells.js";
import type { Random } from "../cells/random.js";
import { applyWound, type Circle, type HalfPlane, type Rectangle, type Wound } from "../cells/wound.js";

/** Distill's circle: the centre is uniform in [-0.5, 0.5]^2, the radius in [0.1, 0.4]. */
export function randomCircle(random: Random): Circle {
  return { x: random.uniform(-0.5, 0.5), y: random.uniform(-0.5, 0.5), radius: random.uniform(0.1, 0.4) };
}

/** The greatest distance from the middle to the edge of a removed half. */
const CUT_DISTANCE = 0.2;
/** The same of a deep half, of which less is left: on the removed side of the middle, and on the other. */
const [DEEPEST, SHALLOWEST] = [-0.24, 0.06];

/** A half in any direction; its edge goes through the middle or near it, so far from it at least and at most. */
export function randomHalfPlane(random: Random, least = -CUT_DISTANCE, most = CUT_DISTANCE): HalfPlane {
  const [normalX, normalY] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  const distance = random.uniform(least, most) * Math.sqrt(normalX * normalX + normalY * normalY);
  return { normalX, normalY, distance };
}

const SIDES = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/** One of the grid's four sides, up to the middle or near it. */
export function randomSide(random: Random): HalfPlane {
  const [normalX, normalY] = SIDES[random.integer(0, SIDES.length)];
  return { normalX, normalY, distance: random.uniform(-CUT_DISTANCE, CUT_DISTANCE) };
}

/** The greatest distance from the middle to a hole, and the range of half its side: on 72 cells a side is 11 to 25. */
const HOLE_DISTANCE = 0.2;
const [HOLE_SMALLEST, HOLE_LARGEST] = [0.15, 0.35];

/** A hole in the middle of the pattern, or near it. */
export function randomHole(random: Random): Rectangle {
  const [x, y] = [
    random.uniform(-HOLE_DISTANCE, HOLE_DISTANCE),
    random.uniform(-HOLE_DISTANCE, HOLE_DISTANCE),
  ];
  const halfSide = () => random.uniform(HOLE_SMALLEST, HOLE_LARGEST);
  return { x, y, halfWidth: halfSide(), halfHeight: halfSide() };
}

type RandomWound = (random: Random) => Wound;

const circle: RandomWound = (random) => ({ kind: "circle", ...randomCircle(random) });
const half: RandomWound = (random) => ({ kind: "half", ...randomHalfPlane(random) });
const deepHalf: RandomWound = (random) => ({
  kind: "half",
  ...randomHalfPlane(random, DEEPEST, SHALLOWEST),
});
const side: RandomWound = (random) => ({ kind: "half", ...randomSide(random) });
const hole: RandomWound = (random) => ({ kind: "hole", ...randomHole(random) });

export const DAMAGES = [
  "circles",
  "halves",
  "deep-halves",
  "circles-and-halves",
  "circles-and-sides",
  "circles-halves-and-holes",
  "all",
] as const;
/**
 * The damage in regenerating training: Distill's circles; halves in any direction; halves of which mostly less than half is left; circles and halves in any direction; circles and the left,
 * right, upper or lower half; circles, halves in any direction and holes; or circles, halves, sides and holes.
 */
export type Damage = (typeof DAMAGES)[number];

/** The kinds of damage, each as likely as the others. */
const WOUNDS: Record<Damage, readonly RandomWound[]> = {
  circles: [circle],
  halves: [half],
  "deep-halves": [deepHalf],
  "circles-and-halves": [half, circle],
  "circles-and-sides": [side, circle],
  "circles-halves-and-holes": [half, circle, hole],
  all: [circle, half, side, hole],
};

/** Random damage of one kind. */
export function randomWound(damage: Damage, random: Random): Wound {
  const wounds = WOUNDS[damage];
  // a single kind needs no draw, so Distill's circles stay the same circles
  const kind = wounds.length === 1 ? 0 : Math.floor(random.uniform() * wounds.length);
  return wounds[kind](random);
}

/** Damages one sample at random, in place. */
export function woundAtRandom(cells: Cells, sample: number, damage: Damage, random: Random): void {
  applyWound(cells, sample, randomWound(damage, random));
}
