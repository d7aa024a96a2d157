// The seven small pictures that an interlaced PNG is made of (Adam7), and the length of a row.
// Source: "Portable Network Graphics (PNG) Specification (Third Edition)", 8.1, https://www.w3.org/TR/png-3/.
import type { PngHeader } from "./png-header.js";

/** Every `dx`-th pixel of every `dy`-th row, from (x, y) on. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** The passes of an interlaced picture that hold any pixel, with their sizes. */
export function passesOf({ width, height }: PngHeader) {
  const across = (side: number, start: number, step: number) => Math.max(0, Math.ceil((side - start) / step));
  return ADAM7.map((pass) => ({
    ...pass,
    width: across(width, pass.x, pass.dx),
    height: across(height, pass.y, pass.dy),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row of so many pixels. */
export function rowBytes(width: number, { channels, depth }: PngHeader): number {
  return Math.ceil((width * channels * depth) / 8);
}
