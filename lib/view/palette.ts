// One palette of 256 colours for all frames of a gif, so that a colour is the same in every frame: nothing flickers.
// No dithering: flat areas stay flat, which also compresses best.

import type { Background, Rgb, Rgba } from "./frame.js";

const MAX_COLOURS = 256;
/** Colours are counted in cubes of 4 x 4 x 4: 6 bits per channel. */
const BITS = 6;
const DROP = 8 - BITS;

/** A palette, and how pixels are mapped to it. */
export interface Palette {
  /** [256 * 3], RGB, 0-255; unused entries are black. */
  readonly colours: Uint8Array;
  /** Palette index of every pixel, [height * width]. */
  indices(image: Rgba): Uint8Array;
}

/** What no opaque pixel is packed to. */
const NO_COLOUR = -1;
/** Pixels of less than this alpha show the background. */
const HALF_OPAQUE = 128;

/** Distinct colours in one box of the colour cube: `keys` are cubes, `error` the squared distance to the mean. */
interface Box {
  readonly keys: number[];
  readonly mean: Rgb;
  readonly axis: number;
  readonly error: number;
}

/**
 * Up to 256 colours for these images. Exact if they have no more colours; else the colour cube is split: always the
 * box with the largest squared error at its mean along its widest axis. `background` has the first entry, and pixels less
 * than half opaque are it.
 * Source: Wu 1991, "Efficient statistical computations for optimal color quantization", simplified.
 */
export function paletteOf(images: readonly Rgba[], background: Background): Palette {
  return exactPalette(images, background) ?? splitPalette(images, background);
}

function exactPalette(images: readonly Rgba[], background: Background): Palette | undefined {
  const index = new Map<number, number>([[paperOf(background), 0]]);
  for (const { data } of images) {
    for (let at = 0; at < data.length; at += 4) {
      const colour = packed(data, at);
      if (isClear(data, at) || index.has(colour)) continue;
      if (index.size === MAX_COLOURS) return undefined;
      index.set(colour, index.size);
    }
  }
  const colours = new Uint8Array(MAX_COLOURS * 3);
  for (const [colour, i] of index) colours.set([colour >> 16, (colour >> 8) & 255, colour & 255], i * 3);
  return { colours, indices: (image) => mapPixels(image, (data, at) => index.get(packed(data, at))!) };
}

function splitPalette(images: readonly Rgba[], background: Background): Palette {
  const paper = paperOf(background);
  const isPaper = (data: Uint8ClampedArray, at: number) => packed(data, at) === paper;
  const counts = new Uint32Array(1 << (3 * BITS));
  for (const { data } of images) {
    for (let at = 0; at < data.length; at += 4)
      if (!isClear(data, at) && !isPaper(data, at)) counts[cube(data, at)]++;
  }
  const boxes = [
    boxOf(
      [...counts.keys()].filter((key) => counts[key] > 0),
      counts,
    ),
  ];
  while (boxes.length < MAX_COLOURS - 1) {
    const worst = boxes.reduce((a, b) => (b.error > a.error ? b : a));
    if (worst.error === 0) break;
    const { keys, axis, mean } = worst;
    const low = keys.filter((key) => level(key, axis) <= mean[axis]);
    const high = keys.filter((key) => level(key, axis) > mean[axis]);
    boxes.splice(boxes.indexOf(worst), 1, boxOf(low, counts), boxOf(high, counts));
  }
  const colours = new Uint8Array(MAX_COLOURS * 3);
  const index = new Uint8Array(counts.length);
  if (background !== "transparent") colours.set(background);
  for (const [i, box] of boxes.entries()) colours.set(box.mean.map(Math.round), (i + 1) * 3);
  const used = colours.subarray(0, (boxes.length + 1) * 3);
  for (const box of boxes) for (const key of box.keys) index[key] = nearest(used, key);
  return {
    colours,
    indices: (image) => mapPixels(image, (data, at) => (isPaper(data, at) ? 0 : index[cube(data, at)])),
  };
}

function boxOf(keys: number[], counts: Uint32Array): Box {
  const total = keys.reduce((sum, key) => sum + counts[key], 0);
  const average = (of: (key: number) => number) =>
    keys.reduce((sum, key) => sum + counts[key] * of(key), 0) / total;
  const mean = [0, 1, 2].map((axis) => average((key) => level(key, axis)));
  const spread = mean.map((m, axis) => average((key) => (level(key, axis) - m) ** 2));
  const axis = spread.indexOf(Math.max(...spread));
  const error = keys.length < 2 ? 0 : total * (spread[0] + spread[1] + spread[2]);
  return { keys, mean: [mean[0], mean[1], mean[2]], axis, error };
}

/** Index of the colour nearest to a cube: often, but not always, that of the box it is in. */
function nearest(colours: Uint8Array, key: number): number {
  const [red, green, blue] = [level(key, 0), level(key, 1), level(key, 2)];
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < colours.length; at += 3) {
    const d = (colours[at] - red) ** 2 + (colours[at + 1] - green) ** 2 + (colours[at + 2] - blue) ** 2;
    if (d < least) [best, least] = [at / 3, d];
  }
  return best;
}

function mapPixels({ data }: Rgba, indexAt: (data: Uint8ClampedArray, at: number) => number): Uint8Array {
  const indices = new Uint8Array(data.length / 4);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    indices[pixel] = isClear(data, pixel * 4) ? 0 : indexAt(data, pixel * 4);
  }
  return indices;
}

/** The background's colour, packed. */
function paperOf(background: Background): number {
  return background === "transparent" ? NO_COLOUR : packed(background, 0);
}

function isClear(data: Uint8ClampedArray, at: number): boolean {
  return data[at + 3] < HALF_OPAQUE;
}

function packed(colour: ArrayLike<number>, at: number): number {
  return (colour[at] << 16) | (colour[at + 1] << 8) | colour[at + 2];
}

function cube(data: Uint8ClampedArray, at: number): number {
  return ((data[at] >> DROP) << (2 * BITS)) | ((data[at + 1] >> DROP) << BITS) | (data[at + 2] >> DROP);
}

/** A cube's middle along an axis (0 red, 1 green, 2 blue), 0-255. */
function level(key: number, axis: number): number {
  return (((key >> ((2 - axis) * BITS)) & ((1 << BITS) - 1)) << DROP) + ((1 << DROP) - 1) / 2;
}
