// The one font of all pictures and charts. The canvas brings none and a bare system may have none, so the
// project carries its own: labels are the same wherever they are drawn.

import type { SKRSContext2D } from "canvas";
import { FileError } from "../cells/errors.js";
import { canvas, peerFile } from "./peers.js";

/** A name that no font of the system has. */
const FAMILY = "nca-dejavu-sans";
/** The name in SVGs, which a reader's own browser must know too. */
export const SVG_FAMILY = "DejaVu Sans";
const FILES = "@fontsource/dejavu-sans/files/dejavu-sans-latin";
const registered = new Set<string>();
let measuring: SKRSContext2D | undefined;

/** The font for `context.font`; registers it on first use. Throws FileError if its package is missing. */
export function font(sizePx: number, weight: 400 | 700 = 400): string {
  registerFont(FAMILY);
  return `${weight} ${sizePx}px "${FAMILY}"`;
}

/** Width of one line of text, in px. */
export function textWidth(text: string, sizePx: number, weight: 400 | 700 = 400): number {
  measuring ??= canvas().createCanvas(1, 1).getContext("2d");
  measuring.font = font(sizePx, weight);
  return measuring.measureText(text).width;
}

/** Makes the font known to the canvas under a name, once. Throws FileError if its package is broken. */
export function registerFont(family: string): void {
  if (registered.has(family)) return;
  const { GlobalFonts } = canvas();
  for (const weight of [400, 700]) {
    const file = peerFile(`${FILES}-${weight}-normal.woff`);
    if (!GlobalFonts.registerFromPath(file, family)) {
      throw new FileError(`${file} is not a font that can be drawn: run npm ci again.`);
    }
  }
  registered.add(family);
}
