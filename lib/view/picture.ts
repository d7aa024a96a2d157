// Still pictures of cell states: one sample, a whole batch, a row of moments, or all channels of one sample.

import { ALPHA, type Cells, checkCells, sampleOf } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { channelOf, diverging } from "./channel.js";
import { imageOf, type Rgba, type RgbaOptions, scale, toRgba, WHITE } from "./frame.js";
import { type Picture, png, sheet, type Tile } from "./sheet.js";

export type { Picture } from "./sheet.js";

const CHANNEL_NAMES = ["red", "green", "blue", "alpha"];

export interface PictureOptions extends RgbaOptions {
  /** Pixels per cell. */
  readonly scale?: number;
}

export interface PicturesOptions extends PictureOptions {
  readonly columns?: number;
  /** One caption per sample or frame; none by default. */
  readonly labels?: readonly string[];
}

/** One sample of a batch, or an image as it is, with nothing around it. */
export function picture(frame: Cells | Rgba, options: PictureOptions = {}): Picture {
  return png(scale(imageOf(frame, options), options.scale ?? 4));
}

/** All samples of a batch in a grid, 8 per row. Throws InvalidInputError for labels that are not one per sample. */
export function pictures(cells: Cells, options: PicturesOptions = {}): Picture {
  const samples = Array.from({ length: cells.count }, (_, sample) => toRgba(cells, { ...options, sample }));
  return sheet(captioned(samples, { scale: 2, ...options }), options.columns ?? 8, options.background);
}

/**
 * Moments in a row, left to right. A frame is a cell state, or an image that is drawn as it is. Throws
 * InvalidInputError for labels that are not one per frame.
 */
export function filmstrip(frames: readonly (Cells | Rgba)[], options: PicturesOptions = {}): Picture {
  const images = frames.map((frame) => imageOf(frame, options));
  return sheet(
    captioned(images, { scale: 2, ...options }),
    options.columns ?? Math.max(1, frames.length),
    options.background,
  );
}

/**
 * Every channel of one sample: blue below zero, white at zero, red above. Each channel has its own range,
 * which its caption says.
 */
export function channelsPicture(cells: Cells, options: PicturesOptions = {}): Picture {
  checkCells(cells);
  const one = sampleOf(cells, options.sample ?? 0);
  const tiles = Array.from({ length: cells.channels }, (_, channel) => {
    const values = channelOf(one, channel);
    const range = values.reduce(
      (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
      0,
    );
    const image = scale(diverging(values, range, cells, WHITE), options.scale ?? 2);
    const name = channel <= ALPHA ? CHANNEL_NAMES[channel] : `${channel}`;
    return { image, label: `${name} ±${range.toFixed(2)}` };
  });
  return sheet(tiles, options.columns ?? 8);
}

function captioned(images: readonly Rgba[], options: { scale: number; labels?: readonly string[] }): Tile[] {
  const { labels } = options;
  if (labels && labels.length !== images.length) {
    throw new InvalidInputError(
      `Got ${labels.length} labels for ${images.length} pictures; expected one a picture.`,
    );
  }
  return images.map((image, index) => ({ image: scale(image, options.scale), label: labels?.[index] }));
}
