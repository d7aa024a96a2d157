// A world as pixels, one for each cell, over whatever is behind them.

import { channelOf, diverging } from "../../view/channel.js";
import type { Rgb, Rgba } from "../../view/frame.js";
import { toRgba } from "../../view/frame.js";
import { tintedByStrain } from "../../view/strains.js";
import type { World } from "../world.js";

/** What is shown of a cell: its colour, its strain over it, or one of its channels by number. */
export type Shown = "colour" | "strains" | number;

/** Blue for what was there first and what brings it back, orange for what takes over: every eye tells them apart. */
export const STRAIN_INKS: readonly Rgb[] = [
  [59, 125, 190],
  [235, 122, 30],
  [120, 178, 226],
  [250, 200, 60],
];

export function paint(world: World, shown: Shown): Rgba {
  const { cells, spec } = world;
  if (typeof shown === "number") {
    const channel = channelOf(cells, Math.min(shown, cells.channels - 1));
    return diverging(channel, 1, cells, "transparent");
  }
  const options = { background: "transparent", colours: STRAIN_INKS } as const;
  return shown === "strains" ? tintedByStrain(cells, options, spec) : toRgba(cells, options);
}

/** Puts an image on a canvas of the same size. */
export function put(canvas: HTMLCanvasElement, { data, width, height }: Rgba): void {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pixels = new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
}
