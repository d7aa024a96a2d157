// One channel of a state by itself: what a cell keeps beside its colour.

import { type Cells, sampleOf } from "../cells/cells.js";
import { checkInteger } from "../cells/errors.js";
import { type Background, BROKEN, type Rgb, type Rgba } from "./frame.js";

/** Ends of the diverging scale: below and above zero; at zero is the background. Source: ColorBrewer RdBu. */
const NEGATIVE: Rgb = [33, 102, 172];
const POSITIVE: Rgb = [178, 24, 43];

/** The numbers of one channel of a sample, [height * width]. Throws InvalidInputError for one that it does not have. */
export function channelOf(cells: Cells, channel: number, sample = 0): Float32Array {
  const { data, width, height, channels } = sampleOf(cells, sample);
  checkInteger("channel", channel, 0, channels - 1);
  return Float32Array.from({ length: width * height }, (_, cell) => data[cell * channels + channel]);
}

/**
 * Numbers as an image, [height, width, 4]: blue below zero, red above, the background at zero and full colour at `range`.
 * What is not finite comes out as `BROKEN`.
 */
export function diverging(
  values: Float32Array,
  range: number,
  { width, height }: Pick<Rgba, "width" | "height">,
  background: Background,
): Rgba {
  const data = new Uint8ClampedArray(values.length * 4);
  for (const [cell, value] of values.entries()) {
    const end = value < 0 ? NEGATIVE : POSITIVE;
    const isBroken = !Number.isFinite(value);
    const strength = range === 0 ? 0 : Math.abs(value) / range;
    for (let c = 0; c < 3; c++) {
      const inked =
        background === "transparent" ? end[c] : background[c] + (end[c] - background[c]) * strength;
      data[cell * 4 + c] = isBroken ? BROKEN[c] : inked;
    }
    data[cell * 4 + 3] = background === "transparent" && !isBroken ? 255 * strength : 255;
  }
  return { data, width, height };
}
