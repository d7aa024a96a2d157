// Wounds that a regenerating rule learns to heal.

import { type Cells, sampleOf } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import type { Random } from "../cells/random.js";

/** A circle in the grid's own units: both sides go from -1 to 1. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Distill's: the centre uniform in [-0.5, 0.5]^2, the radius in [0.1, 0.4]. */
export function randomCircle(random: Random): Circle {
  return { x: random.uniform(-0.5, 0.5), y: random.uniform(-0.5, 0.5), radius: random.uniform(0.1, 0.4) };
}

/** Everything on one side of a straight line, in the grid's own units: normalX * x + normalY * y above the distance. */
export interface HalfPlane {
  readonly normalX: number;
  readonly normalY: number;
  readonly distance: number;
}

/** How far from the middle a half is cut off, at most. */
const CUT_DISTANCE = 0.2;

/** Cut off in any direction, through the middle or near it. */
export function randomHalfPlane(random: Random): HalfPlane {
  const [normalX, normalY] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  const distance = random.uniform(-CUT_DISTANCE, CUT_DISTANCE) * Math.sqrt(normalX ** 2 + normalY ** 2);
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

/** A rectangle in the grid's own units, by its middle and half of its sides. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

/** How far from the middle a hole is, at most, and half of its sides: of 72 cells it takes 11 to 25 a side. */
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

/** Empties every cell of one sample for which `hit` says so, in place; x and y are cells from the upper left. */
export function wound(cells: Cells, sample: number, hit: (x: number, y: number) => boolean): void {
  if (!(sample >= 0 && sample < cells.count)) {
    throw new InvalidInputError(`There is no sample ${sample} in a batch of ${cells.count}.`);
  }
  const { data, height, width, channels, strains } = sampleOf(cells, sample);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!hit(x, y)) continue;
      const cell = y * width + x;
      data.fill(0, cell * channels, (cell + 1) * channels);
      strains?.fill(0, cell, cell + 1);
    }
  }
}

/** As `wound`, with x and y in the grid's own units. */
function woundInUnits(cells: Cells, sample: number, hit: (x: number, y: number) => boolean): void {
  const unit = (cell: number, size: number) => (size === 1 ? 0 : (2 * cell) / (size - 1) - 1);
  wound(cells, sample, (column, row) => hit(unit(column, cells.width), unit(row, cells.height)));
}

/** Empties the cells of one sample inside the circle, in place. */
export function woundCircle(cells: Cells, sample: number, { x, y, radius }: Circle): void {
  woundInUnits(cells, sample, (cellX, cellY) => (cellX - x) ** 2 + (cellY - y) ** 2 < radius ** 2);
}

/** Empties the cells of one sample beyond the line, in place. */
export function woundHalf(cells: Cells, sample: number, { normalX, normalY, distance }: HalfPlane): void {
  woundInUnits(cells, sample, (x, y) => normalX * x + normalY * y > distance);
}

/** Empties the cells of one sample inside the rectangle, in place. */
export function woundHole(cells: Cells, sample: number, { x, y, halfWidth, halfHeight }: Rectangle): void {
  woundInUnits(
    cells,
    sample,
    (cellX, cellY) => Math.abs(cellX - x) < halfWidth && Math.abs(cellY - y) < halfHeight,
  );
}

type Wound = (cells: Cells, sample: number, random: Random) => void;

const circle: Wound = (cells, sample, random) => woundCircle(cells, sample, randomCircle(random));
const half: Wound = (cells, sample, random) => woundHalf(cells, sample, randomHalfPlane(random));
const side: Wound = (cells, sample, random) => woundHalf(cells, sample, randomSide(random));
const hole: Wound = (cells, sample, random) => woundHole(cells, sample, randomHole(random));

export const DAMAGES = [
  "circles",
  "circles-and-halves",
  "circles-and-sides",
  "circles-halves-and-holes",
] as const;
/**
 * The wounds of a regenerating training: Distill's circles, or those and halves cut off in any direction, or the left,
 * right, upper or lower half, or halves in any direction and holes.
 */
export type Damage = (typeof DAMAGES)[number];

/** What a wound may be, each as likely as the others. */
const WOUNDS: Record<Damage, readonly Wound[]> = {
  circles: [circle],
  "circles-and-halves": [half, circle],
  "circles-and-sides": [side, circle],
  "circles-halves-and-holes": [half, circle, hole],
};

/** One random wound, in place. */
export function woundAtRandom(cells: Cells, sample: number, damage: Damage, random: Random): void {
  const wounds = WOUNDS[damage];
  // a single kind draws nothing: Distill's circles stay the same circles
  const kind = wounds.length === 1 ? 0 : Math.floor(random.uniform() * wounds.length);
  wounds[kind](cells, sample, random);
}
