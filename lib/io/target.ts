// Targets: the pictures that a rule learns to grow, made from PNG bytes or from pixels. Reads no file, so that it runs in
// a browser.

import { type Cells, cellsOf, type Target } from "../cells/cells.js";
import { checkInteger, checkKnown, FileError } from "../cells/errors.js";
import { highestAlpha } from "../rule/seeds.js";
import { ALIVE_THRESHOLD } from "../rule/spec.js";
import { type Pixels, pictureOf } from "./picture/pixels.js";
import { decodePng } from "./picture/png.js";
import { resample, unpremultiply } from "./picture/resample.js";

/** The longest side of the picture in a target, in cells: a grid above this is beyond what can be trained. */
export const MAX_TARGET_SIZE = 1024;
/** The most empty cells on each side of the picture. */
export const MAX_TARGET_PADDING = 1024;
/** The longest side of the picture in a target, in cells, if none is given: as in Distill. */
export const TARGET_SIZE = 40;
/** Empty cells on each side, if none are given: as in Distill. */
export const TARGET_PADDING = 16;

export interface TargetOptions {
  /** Longest side of the picture, in cells (default 40, as in Distill). */
  readonly size?: number;
  /** Empty cells on each side, in cells (default 16, as in Distill). */
  readonly padding?: number;
  /** Whether RGB is multiplied by alpha (default true, as in Distill; the PyTorch original takes false). */
  readonly premultiplied?: boolean;
}

/**
 * A square target, `size + 2 * padding` cells a side, with the picture in its centre in its own proportions.
 *
 * @param png the bytes of a PNG file
 * @param where what to call the picture in an error, such as its path
 * @throws InvalidInputError for options out of range, FileError for a picture that cannot be used
 * Source: Mordvintsev et al. 2020, "Growing Neural Cellular Automata".
 */
export function targetFromPng(png: Uint8Array, options: TargetOptions = {}, where = "The picture"): Target {
  checkTargetOptions(options);
  return targetOf(decodePng(png, where), options, where);
}

/**
 * The same from pixels that something else has decoded: `ImageData` of a browser's canvas, for example.
 *
 * @param pixels RGBA in 8 bits, straight, [height, width, 4]
 * @throws InvalidInputError for options out of range or a wrong number of pixels, FileError for a picture that cannot be
 *   used: an empty one, one above 4096 x 4096 px, or one in which nothing can live
 */
export function targetFromPixels(pixels: Pixels, options: TargetOptions = {}, where = "The picture"): Target {
  checkTargetOptions(options);
  return targetOf(pictureOf(pixels, where), options, where);
}

/** A decoded picture as a target; the options are checked. Throws FileError where nothing could live. */
export function targetOf(picture: Cells, options: TargetOptions, where: string): Target {
  const { size = TARGET_SIZE, padding = TARGET_PADDING, premultiplied = true } = options;
  const scale = size / Math.max(picture.height, picture.width);
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  const small = resample(picture, scaled(picture.height), scaled(picture.width));
  checkAlpha(small, size, where);
  return centre(premultiplied ? small : unpremultiply(small), size + 2 * padding);
}

/** A cell lives by an alpha above the threshold, its own or a neighbour's: without one the picture can't be grown. */
function checkAlpha(picture: Cells, size: number, where: string): void {
  const alpha = highestAlpha(picture);
  if (alpha === 0) throw new FileError(`${where} is entirely transparent: there is nothing to grow.`);
  if (alpha > Math.fround(ALIVE_THRESHOLD)) return;
  const got = `its highest alpha at ${size} cells a side is ${alpha.toPrecision(2)}`;
  throw new FileError(
    `${where} is too faint to live: ${got}, and a cell lives above ${ALIVE_THRESHOLD}. ` +
      "Make it more opaque, or its lines thicker.",
  );
}

/** The options, when they can be used; checked before any file is read. */
export function checkTargetOptions(options: TargetOptions): TargetOptions {
  checkKnown("A target", options, ["size", "padding", "premultiplied"]);
  checkInteger("The target's size", options.size ?? 1, 1, MAX_TARGET_SIZE);
  checkInteger("The target's padding", options.padding ?? 0, 0, MAX_TARGET_PADDING);
  return options;
}

/** The picture in the centre of an empty square; an odd cell is left over at the bottom and right. */
function centre(picture: Cells, side: number): Target {
  const top = (side - picture.height) >> 1;
  const left = (side - picture.width) >> 1;
  const data = new Float32Array(side * side * 4);
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width);
    data.set(row, 4 * ((top + y) * side + left));
  }
  return cellsOf(data, { height: side, width: side, premultiplied: picture.premultiplied });
}
