// A gif of what happened on the stage, made in the page.

import { GIFEncoder } from "gifenc";
import { enlarge, type Rgb, type Rgba } from "../../view/frame.js";
import { paletteOf } from "../../view/palette.js";

/** Frames of one size as a gif that loops for ever, over a background. */
export function gifOf(frames: readonly Rgba[], background: Rgb, scale: number, delayMs: number): Uint8Array {
  const opaque = frames.map((frame) => over(frame, background));
  const palette = paletteOf(opaque, background);
  const colours = Array.from({ length: 256 }, (_, i) => [...palette.colours.subarray(i * 3, i * 3 + 3)]);
  const gif = GIFEncoder();
  for (const [i, frame] of opaque.entries()) {
    const [width, height] = [frame.width * scale, frame.height * scale];
    const pixels = enlarge(palette.indices(frame), new Uint8Array(width * height), frame.width, scale);
    gif.writeFrame(pixels, width, height, {
      palette: i === 0 ? colours : undefined,
      delay: delayMs,
      repeat: 0,
    });
  }
  gif.finish();
  return gif.bytes();
}

function over({ data, width, height }: Rgba, background: Rgb): Rgba {
  const mixed = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] / 255;
    for (let c = 0; c < 3; c++) mixed[at + c] = data[at + c] * alpha + background[c] * (1 - alpha);
    mixed[at + 3] = 255;
  }
  return { data: mixed, width, height };
}
