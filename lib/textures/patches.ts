// The patches of a picture, seen along random directions, and how far two pictures are apart so: sliced optimal transport. It
// takes the place of a network that was trained on photographs, which no package holds.
// Source: Elnekave and Weiss 2022, "Generating natural images with direct patch distributions matching".

import type { Random } from "../cells/random.js";

/** Cells along the side of a patch. */
const PATCH = 5;
/** RGB: the channels that are compared. */
export const COLOURS = 3;

/** A picture on a torus, channel by channel: each [height, width]. */
export interface Planes {
  readonly height: number;
  readonly width: number;
  readonly planes: readonly Float32Array[];
}

/** A picture as it looks at a coarser scale: cells are means of `spacing` x `spacing` cells, and a patch takes one in so many. */
export interface Scale extends Planes {
  readonly spacing: number;
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

/** A plane on a torus, and beyond its edges as many cells as the last patches reach: from `first` on in both directions. */
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

const modulo = (value: number, base: number) => ((value % base) + base) % base;

/** Adds to each cell the sum of the patch right and down of it, weighted: [PATCH, PATCH] from `at` on. */
function addPatches(
  sums: Float32Array,
  long: Float32Array,
  { height, width, spacing }: Scale,
  weights: Float32Array,
  at: number,
): void {
  const columns = width + (PATCH - 1) * spacing;
  for (let dy = 0; dy < PATCH; dy++) {
    const [a, b, c, d, e] = weights.subarray(at + dy * PATCH, at + (dy + 1) * PATCH);
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

/** Patches as numbers: for each cell, the patch right and down of it along each direction. */
function projected(picture: Scale, directions: readonly Float32Array[]): Float32Array[] {
  const long = picture.planes.map((plane) => lengthened(plane, picture));
  return directions.map((direction) => {
    const values = new Float32Array(picture.height * picture.width);
    long.forEach((plane, c) => {
      addPatches(values, plane, picture, direction, c * PATCH * PATCH);
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

export function patchesOf(target: Scale, directions: readonly Float32Array[]): Patches {
  return { directions, sorted: projected(target, directions).map((values) => values.sort()) };
}

/** How far a picture's patches are from a target's. */
export interface Compared {
  /** The mean over directions and patches of the squared way. */
  readonly loss: number;
  /** Its derivative by each patch along each direction: [height, width] for each. */
  readonly slopes: readonly Float32Array[];
}

export function comparePatches(picture: Scale, { directions, sorted: targets }: Patches): Compared {
  const cells = picture.height * picture.width;
  const scale = 1 / (cells * directions.length);
  let sum = 0;
  const slopes = projected(picture, directions).map((values, d) => {
    const keys = sorted(values);
    const [wanted, step] = [targets[d], targets[d].length / cells];
    const ways = new Float32Array(cells);
    for (let i = 0; i < cells; i++) {
      const place = keys[i] - Math.floor(keys[i] / MOST_PLACES) * MOST_PLACES;
      const off = values[place] - wanted[Math.floor((i + 0.5) * step)];
      sum += off * off;
      ways[place] = 2 * scale * off;
    }
    return ways;
  });
  return { loss: scale * sum, slopes };
}

/** Adds the gradient with respect to the picture's cells: each cell's slope goes to all cells of its patch. */
export function addGradient({ slopes }: Compared, { directions }: Patches, gradient: Scale): void {
  const before = -(PATCH - 1) * gradient.spacing;
  directions.forEach((direction, d) => {
    const long = lengthened(slopes[d], gradient, before);
    const turned = direction.slice().reverse(); // the last colour comes first
    gradient.planes.forEach((plane, c) => {
      addPatches(plane, long, gradient, turned, (COLOURS - 1 - c) * PATCH * PATCH);
    });
  });
}

/** The next coarser scale: means of four cells, as far apart as the scale's cells are. */
export function coarser({ height, width, planes, spacing }: Scale): Scale {
  const coarse = planes.map((plane) => {
    const means = new Float32Array(plane.length);
    for (let y = 0; y < height; y++) {
      const [row, below] = [y * width, ((y + spacing) % height) * width];
      for (let x = 0; x < width; x++) {
        const right = (x + spacing) % width;
        means[row + x] = (plane[row + x] + plane[row + right] + plane[below + x] + plane[below + right]) / 4;
      }
    }
    return means;
  });
  return { height, width, planes: coarse, spacing: 2 * spacing };
}

/** The other way: adds a quarter of each slope to the four cells that its mean is of. */
export function addCoarser(coarse: Planes, gradient: Scale): void {
  const { height, width, spacing } = gradient;
  coarse.planes.forEach((slopes, c) => {
    const fine = gradient.planes[c];
    for (let y = 0; y < height; y++) {
      const [row, below] = [y * width, ((y + spacing) % height) * width];
      for (let x = 0; x < width; x++) {
        const slope = slopes[row + x] / 4;
        const right = (x + spacing) % width;
        for (const at of [row + x, row + right, below + x, below + right]) fine[at] += slope;
      }
    }
  });
}
