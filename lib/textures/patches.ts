// The patches of a picture, seen along random directions, and how far two pictures are apart so: sliced optimal transport. It
// takes the place of a network that was trained on photographs, which no package holds.
// Source: Elnekave and Weiss 2022, "Generating natural images with direct patch distributions matching".

import type { Random } from "../cells/random.js";

/** Cells along the side of a patch; `addPatches` is written for five. */
const PATCH = 5;
/** RGB: the channels that are compared. */
const COLOURS = 3;

/**
 * A picture on a torus at one scale, channel by channel: each [height, width], whatever the scale. Cells are means of `spacing` x
 * `spacing` cells of the picture, and the cells of a patch are `spacing` apart.
 */
export interface Scale {
  readonly height: number;
  readonly width: number;
  readonly spacing: number;
  readonly planes: readonly Float32Array[];
}

/** A scale of zeros. */
export function zeros(height: number, width: number, spacing: number): Scale {
  const planes = Array.from({ length: COLOURS }, () => new Float32Array(height * width));
  return { height, width, spacing, planes };
}

/** A direction in the space of patches, of length 1: [COLOURS, PATCH, PATCH]. */
export function randomDirection(random: Random): Float32Array {
  const direction = Float32Array.from({ length: COLOURS * PATCH * PATCH }, () => random.uniform(-1, 1));
  // each colour's weights sum to zero half of the time: so that edges count as much as colours do
  if (random.uniform() < 0.5)
    for (let c = 0; c < COLOURS; c++) {
      const plane = weightsOf(direction, c);
      const middle = plane.reduce((a, b) => a + b, 0) / plane.length;
      for (let i = 0; i < plane.length; i++) plane[i] -= middle;
    }
  const length = Math.sqrt(direction.reduce((sum, weight) => sum + weight * weight, 0));
  return direction.map((weight) => weight / length);
}

/** A direction's part for one colour: [PATCH, PATCH]. */
function weightsOf(direction: Float32Array, colour: number): Float32Array {
  return direction.subarray(colour * PATCH * PATCH, (colour + 1) * PATCH * PATCH);
}

const modulo = (value: number, base: number) => ((value % base) + base) % base;

/**
 * A plane and the cells beyond its edges that the last patches reach: [height + (PATCH - 1) * spacing, width + (PATCH - 1) *
 * spacing], its first cell the torus' [first, first].
 */
function lengthened(plane: Float32Array, { height, width, spacing }: Scale, first = 0): Float32Array {
  const more = (PATCH - 1) * spacing;
  const [rows, columns] = [height + more, width + more];
  const long = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const row = modulo(first + y, height) * width;
    for (let x = 0; x < columns; x++) long[y * columns + x] = plane[row + modulo(first + x, width)];
  }
  return long;
}

/** Adds to each cell, [height, width], the weighted sum of the patch right of it and below it in a lengthened plane. */
function addPatches(
  sums: Float32Array,
  long: Float32Array,
  { height, width, spacing }: Scale,
  weights: Float32Array,
): void {
  const columns = width + (PATCH - 1) * spacing;
  for (let dy = 0; dy < PATCH; dy++) {
    const [a, b, c, d, e] = weights.subarray(dy * PATCH, (dy + 1) * PATCH);
    for (let y = 0; y < height; y++) {
      let from = (y + dy * spacing) * columns;
      const end = (y + 1) * width;
      for (let to = end - width; to < end; to++, from++)
        sums[to] +=
          a * long[from] +
          b * long[from + spacing] +
          c * long[from + 2 * spacing] +
          d * long[from + 3 * spacing] +
          e * long[from + 4 * spacing];
    }
  }
}

/** Patches as numbers along each direction: [height, width], of the patch right of each cell and below it. */
function projected(picture: Scale, directions: readonly Float32Array[]): Float32Array[] {
  const long = picture.planes.map((plane) => lengthened(plane, picture));
  return directions.map((direction) => {
    const values = new Float32Array(picture.height * picture.width);
    long.forEach((plane, colour) => {
      addPatches(values, plane, picture, weightsOf(direction, colour));
    });
    return values;
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

/** The patches of a target along these directions. */
export function patchesOf(target: Scale, directions: readonly Float32Array[]): Patches {
  return { directions, sorted: projected(target, directions).map((values) => values.sort()) };
}

/** How far a picture's patches are from a target's. */
export interface Compared {
  /** The mean over directions and patches of the squared distance. */
  readonly loss: number;
  /** Its gradient with respect to the patches' values along each direction: [height, width] each. */
  readonly dValues: readonly Float32Array[];
}

/** Compares patches in ascending order: the smallest with the smallest, the next with the next. */
export function comparePatches(picture: Scale, { directions, sorted: targets }: Patches): Compared {
  const cells = picture.height * picture.width;
  const share = 1 / (cells * directions.length);
  let sum = 0;
  const dValues = projected(picture, directions).map((values, i) => {
    const keys = sorted(values);
    const [wanted, step] = [targets[i], targets[i].length / cells];
    const gradient = new Float32Array(cells);
    for (let rank = 0; rank < cells; rank++) {
      const place = keys[rank] - Math.floor(keys[rank] / MOST_PLACES) * MOST_PLACES;
      const off = values[place] - wanted[Math.floor((rank + 0.5) * step)];
      sum += off * off;
      gradient[place] = 2 * share * off;
    }
    return gradient;
  });
  return { loss: share * sum, dValues };
}

/** Adds the gradient with respect to the picture's cells: what a patch's value gets goes to all cells of the patch. */
export function addGradient({ dValues }: Compared, { directions }: Patches, gradient: Scale): void {
  const before = -(PATCH - 1) * gradient.spacing;
  directions.forEach((direction, i) => {
    const long = lengthened(dValues[i], gradient, before);
    const turned = direction.slice().reverse(); // the last colour comes first
    gradient.planes.forEach((plane, colour) => {
      addPatches(plane, long, gradient, weightsOf(turned, COLOURS - 1 - colour));
    });
  });
}

/** The next coarser scale: each cell the mean of four, as far apart as the scale's spacing. */
export function coarser({ height, width, spacing, planes }: Scale): Scale {
  const coarse = zeros(height, width, 2 * spacing);
  coarse.planes.forEach((means, colour) => {
    const plane = planes[colour];
    for (let y = 0; y < height; y++) {
      const [row, below] = [y * width, ((y + spacing) % height) * width];
      for (let x = 0; x < width; x++) {
        const right = (x + spacing) % width;
        means[row + x] = (plane[row + x] + plane[row + right] + plane[below + x] + plane[below + right]) / 4;
      }
    }
  });
  return coarse;
}

/** The gradient of `coarser`: adds a quarter of what each mean gets to its four cells. */
export function addCoarser(coarse: Scale, gradient: Scale): void {
  const { height, width, spacing } = gradient;
  coarse.planes.forEach((dMeans, colour) => {
    const plane = gradient.planes[colour];
    for (let y = 0; y < height; y++) {
      const [row, below] = [y * width, ((y + spacing) % height) * width];
      for (let x = 0; x < width; x++) {
        const quarter = dMeans[row + x] / 4;
        const right = (x + spacing) % width;
        for (const at of [row + x, row + right, below + x, below + right]) plane[at] += quarter;
      }
    }
  });
}
