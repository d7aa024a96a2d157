// The patches of a picture, seen along random directions, and how far two pictures are apart so: sliced optimal transport. It
// takes the place of a network that was trained on photographs, which no package holds.
// Source: Elnekave and Weiss 2022, "Generating natural images with direct patch distributions matching".

import type { Random } from "../cells/random.js";

/** Cells along the side of a patch. */
const PATCH = 5;
/** RGB: the channels that are compared. */
export const COLOURS = 3;

/** A picture, channel by channel: each [height, width]. */
export interface Planes {
  readonly height: number;
  readonly width: number;
  readonly planes: readonly Float32Array[];
}

/** A direction in the space of patches, of length 1: [COLOURS, PATCH, PATCH]. */
export function randomDirection(random: Random): Float32Array {
  const direction = Float32Array.from({ length: COLOURS * PATCH * PATCH }, () => random.uniform(-1, 1));
  // each colour's weights sum to zero half of the time: so that edges count as much as colours do
  if (random.uniform() < 0.5)
    for (let c = 0; c < COLOURS; c++) {
      const plane = direction.subarray(c * PATCH * PATCH, (c + 1) * PATCH * PATCH);
      const middle = plane.reduce((a, b) => a + b, 0) / plane.length;
      for (let i = 0; i < plane.length; i++) plane[i] -= middle;
    }
  const length = Math.sqrt(direction.reduce((sum, weight) => sum + weight * weight, 0));
  return direction.map((weight) => weight / length);
}

/** A row of the picture and the PATCH - 1 cells that follow it on a torus. */
function lengthened({ height, width, planes }: Planes): Float32Array[] {
  const [rows, columns] = [height + PATCH - 1, width + PATCH - 1];
  return planes.map((plane) => {
    const long = new Float32Array(rows * columns);
    for (let y = 0; y < rows; y++) {
      const row = (y % height) * width;
      for (let x = 0; x < columns; x++) long[y * columns + x] = plane[row + (x % width)];
    }
    return long;
  });
}

/** Patches as numbers: for each cell, the patch right and down of it along the direction. The picture is a torus. */
function projected(
  long: readonly Float32Array[],
  { height, width }: Planes,
  direction: Float32Array,
): Float32Array {
  const columns = width + PATCH - 1;
  const values = new Float32Array(height * width);
  each(direction, (weight, c, dy, dx) => {
    const plane = long[c];
    for (let y = 0; y < height; y++) {
      const from = (y + dy) * columns + dx;
      const to = y * width;
      for (let x = 0; x < width; x++) values[to + x] += weight * plane[from + x];
    }
  });
  return values;
}

/** The other way: adds each cell's slope to all cells of its patch. */
function spread(gradient: Planes, slopes: Float32Array, direction: Float32Array): void {
  const { height, width, planes } = gradient;
  each(direction, (weight, c, dy, dx) => {
    const plane = planes[c];
    for (let y = 0; y < height; y++) {
      const from = y * width;
      const to = ((y + dy) % height) * width;
      for (let x = dx; x < width; x++) plane[to + x] += weight * slopes[from + x - dx];
      for (let x = 0; x < dx; x++) plane[to + x] += weight * slopes[from + width + x - dx];
    }
  });
}

function each(
  direction: Float32Array,
  visit: (weight: number, c: number, dy: number, dx: number) => void,
): void {
  direction.forEach((weight, i) => {
    visit(weight, Math.floor(i / (PATCH * PATCH)), Math.floor(i / PATCH) % PATCH, i % PATCH);
  });
}

/** The longest side of a picture: places of a sorted list are kept in the low bits of its numbers. */
export const LONGEST_SIDE = 512;
const MOST_PLACES = LONGEST_SIDE ** 2;
const FINE = 2 ** 24;

/** The numbers in ascending order, each with its place in the low bits. */
function sorted(values: Float32Array): Float64Array {
  const keys = new Float64Array(values.length);
  for (let i = 0; i < keys.length; i++) keys[i] = Math.round(values[i] * FINE) * MOST_PLACES + i;
  return keys.sort();
}

/** A target's patches along some directions, in ascending order. */
export interface Patches {
  readonly directions: readonly Float32Array[];
  readonly sorted: readonly Float32Array[];
}

export function patchesOf(target: Planes, directions: readonly Float32Array[]): Patches {
  const long = lengthened(target);
  return { directions, sorted: directions.map((direction) => projected(long, target, direction).sort()) };
}

/** The mean over directions of the squared way from the picture's patches to the target's; adds its gradient if asked for. */
export function patchLoss(
  picture: Planes,
  { directions, sorted: targets }: Patches,
  gradient?: Planes,
): number {
  const long = lengthened(picture);
  const cells = picture.height * picture.width;
  const scale = 1 / (cells * directions.length);
  const slopes = new Float32Array(cells);
  let sum = 0;
  directions.forEach((direction, d) => {
    const values = projected(long, picture, direction);
    const keys = sorted(values);
    const [wanted, step] = [targets[d], targets[d].length / cells];
    for (let i = 0; i < cells; i++) {
      const place = keys[i] - Math.floor(keys[i] / MOST_PLACES) * MOST_PLACES;
      const off = values[place] - wanted[Math.floor((i + 0.5) * step)];
      sum += off * off;
      slopes[place] = 2 * scale * off;
    }
    if (gradient) spread(gradient, slopes, direction);
  });
  return scale * sum;
}

/** The picture at half its size: means of four cells. */
export function halved({ height, width, planes }: Planes): Planes {
  const [h, w] = [height >> 1, width >> 1];
  const half = planes.map((plane) =>
    Float32Array.from({ length: h * w }, (_, i) => {
      const at = 2 * Math.floor(i / w) * width + 2 * (i % w);
      return (plane[at] + plane[at + 1] + plane[at + width] + plane[at + width + 1]) / 4;
    }),
  );
  return { height: h, width: w, planes: half };
}

/** The other way: adds a quarter of each slope to its four cells. */
export function addDoubled(half: Planes, gradient: Planes): void {
  const { width } = gradient;
  half.planes.forEach((plane, c) => {
    const whole = gradient.planes[c];
    plane.forEach((slope, i) => {
      const at = 2 * Math.floor(i / half.width) * width + 2 * (i % half.width);
      for (const to of [at, at + 1, at + width, at + width + 1]) whole[to] += slope / 4;
    });
  });
}
