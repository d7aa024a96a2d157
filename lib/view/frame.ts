// Cell states as colours. What a reader sees of a state is its first four channels, laid over a background.

import { ALPHA, type Cells, checkCells, sampleOf } from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";

/** Red, green, blue, each 0-255. */
export type Rgb = readonly [number, number, number];

/** The longest side of a picture, in pixels. */
const MAX_SIDE = 8192;

/** The paper that notebooks and GitHub show pictures on. */
export const WHITE: Rgb = [255, 255, 255];

/** Shown where a state is not a finite number: a colour that no target has, so that a broken rule is seen. */
export const BROKEN: Rgb = [255, 0, 255];

/** What is behind the cells: a colour, or nothing, so that a picture suits a light page and a dark one. */
export type Background = Rgb | "transparent";

/** An image, [height, width, 4], row by row, 0-255, not premultiplied. */
export interface Rgba {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export interface RgbaOptions {
  /** Which sample of the batch. */
  readonly sample?: number;
  /** White if not given. */
  readonly background?: Background;
}

/**
 * One sample over an opaque background: rgb + (1 - alpha) background, alpha held in [0, 1], the sum clamped; or, with
 * background "transparent", its own colour and alpha. States that are not finite come out as `BROKEN`.
 *
 * @returns [height, width, 4]
 * @throws InvalidInputError for fewer than 4 channels, a sample outside the batch, data of another size.
 * Source: Mordvintsev et al. 2020, "Growing Neural Cellular Automata".
 */
export function toRgba(cells: Cells, options: RgbaOptions = {}): Rgba {
  const { sample = 0, background = WHITE } = options;
  checkCells(cells);
  const { data, width, height, channels, premultiplied } = sampleOf(cells, sample);
  if (channels <= ALPHA) {
    throw new InvalidInputError(`Cells have ${channels} channels; a picture needs 4, RGB and alpha.`);
  }
  const isClear = background === "transparent";
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let cell = 0; cell < width * height; cell++) {
    const from = cell * channels;
    const to = cell * 4;
    const alpha = Math.min(1, Math.max(0, data[from + ALPHA]));
    const broken = !Number.isFinite(data[from] + data[from + 1] + data[from + 2] + data[from + ALPHA]);
    for (let c = 0; c < 3; c++) {
      const ink = !premultiplied ? Math.min(1, Math.max(0, data[from + c])) * alpha : data[from + c];
      const seen = isClear ? ink / (alpha || 1) : ink;
      rgba[to + c] = broken ? BROKEN[c] : 255 * seen + (isClear ? 0 : (1 - alpha) * background[c]);
    }
    rgba[to + 3] = isClear && !broken ? 255 * alpha : 255;
  }
  return { data: rgba, width, height };
}

/** A frame as an image: a cell state is drawn, an image stays as it is. */
export function imageOf(frame: Cells | Rgba, options: RgbaOptions = {}): Rgba {
  return "channels" in frame ? toRgba(frame, options) : frame;
}

/**
 * Makes every pixel a block of `factor` x `factor`: nearest neighbour, so that single cells stay crisp.
 *
 * @throws InvalidInputError if factor is not a whole number of at least 1.
 */
export function scale(image: Rgba, factor: number): Rgba {
  checkFactor(factor);
  checkScaledSize(image, factor);
  const [width, height] = [image.width * factor, image.height * factor];
  const pixels = new Uint32Array(Uint8Array.from(image.data).buffer);
  const blocks = enlarge(pixels, new Uint32Array(width * height), image.width, factor);
  return { data: new Uint8ClampedArray(blocks.buffer), width, height };
}

/** Pixels in rows of `width`, each written to `to` as a block of `factor` x `factor`. Returns `to`. */
export function enlarge<T extends Uint8Array | Uint32Array>(
  from: T,
  to: T,
  width: number,
  factor: number,
): T {
  const wide = width * factor;
  for (let i = 0; i < to.length; i++) {
    const x = i % wide;
    const y = (i - x) / wide;
    to[i] = from[Math.floor(y / factor) * width + Math.floor(x / factor)];
  }
  return to;
}

/** Throws InvalidInputError for an image that would have a side above `MAX_SIDE`. */
export function checkScaledSize(image: Pick<Rgba, "width" | "height">, factor: number): void {
  const [width, height] = [image.width * factor, image.height * factor];
  if (Math.max(width, height) <= MAX_SIDE) return;
  throw new InvalidInputError(
    `A picture of ${width} x ${height} px is too large; expected at most ${MAX_SIDE} a side: use a smaller scale.`,
  );
}

/** Throws InvalidInputError unless `factor` is a whole number of at least 1. */
export function checkFactor(factor: number): void {
  checkInteger("scale, in pixels a cell,", factor, 1, Number.MAX_SAFE_INTEGER);
}
