// The drawing board: a square picture of few pixels, and what the tools do to it. Straight RGBA in 8 bits, the same that a
// target is made from. It knows nothing of the page.

import type { Drawing } from "../offers.js";

export const SIZES = [16, 24, 32, 40] as const;
export type Size = (typeof SIZES)[number];
export const PENS = ["pen", "eraser", "fill"] as const;
export type Pen = (typeof PENS)[number];

/** Red, green, blue and alpha, 0-255. */
export type Ink = readonly [number, number, number, number];
export const CLEAR: Ink = [0, 0, 0, 0];

const MOST_UNDO = 64;
const OPAQUE = 200;

export class Board {
  size: Size;
  data: Uint8ClampedArray;
  private readonly past: { readonly size: Size; readonly data: Uint8ClampedArray }[] = [];

  constructor(size: Size = 32, data = new Uint8ClampedArray(size * size * 4)) {
    [this.size, this.data] = [size, data];
  }

  /** A copy of what is drawn. */
  get drawing(): Drawing {
    return { size: this.size, data: this.data.slice() };
  }

  get isEmpty(): boolean {
    return !this.data.some((value, i) => i % 4 === 3 && value > 0);
  }

  /** Whether all four corners are opaque: a picture with a background. */
  get hasBackground(): boolean {
    const last = this.size - 1;
    return [this.inkAt(0, 0), this.inkAt(last, 0), this.inkAt(0, last), this.inkAt(last, last)].every(
      ([, , , alpha]) => alpha > OPAQUE,
    );
  }

  get undoable(): number {
    return this.past.length;
  }

  /** Remembers the picture, to come back to it by `undo`. */
  remember(): void {
    this.past.push({ size: this.size, data: this.data.slice() });
    if (this.past.length > MOST_UNDO) this.past.shift();
  }

  undo(): void {
    const before = this.past.pop();
    if (before) [this.size, this.data] = [before.size, before.data];
  }

  clear(): void {
    this.data = new Uint8ClampedArray(this.size * this.size * 4);
  }

  inkAt(x: number, y: number): Ink {
    const at = (y * this.size + x) * 4;
    return [this.data[at], this.data[at + 1], this.data[at + 2], this.data[at + 3]];
  }

  private set(x: number, y: number, ink: Ink): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.data.set(ink, (y * this.size + x) * 4);
  }

  /** A square dot of `width` pixels around a pixel, and its mirror image if that is wanted. */
  dot(x: number, y: number, ink: Ink, { width = 1, isMirrored = false } = {}): void {
    const [left, top] = [x - ((width - 1) >> 1), y - ((width - 1) >> 1)];
    for (let dy = 0; dy < width; dy++) {
      for (let dx = 0; dx < width; dx++) {
        this.set(left + dx, top + dy, ink);
        if (isMirrored) this.set(this.size - 1 - left - dx, top + dy, ink);
      }
    }
  }

  /** Fills the area of one colour around a pixel, and its mirror image if that is wanted. */
  fill(x: number, y: number, ink: Ink, { isMirrored = false } = {}): void {
    this.flood(x, y, ink);
    if (isMirrored) this.flood(this.size - 1 - x, y, ink);
  }

  private flood(x: number, y: number, ink: Ink): void {
    const { size } = this;
    const old = `${this.inkAt(x, y)}`;
    if (old === `${ink}`) return;
    const open = [[x, y]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [column, row] = next;
      if (column < 0 || row < 0 || column >= size || row >= size) continue;
      if (`${this.inkAt(column, row)}` !== old) continue;
      this.set(column, row, ink);
      open.push([column + 1, row], [column - 1, row], [column, row + 1], [column, row - 1]);
    }
  }

  /** Another picture, such as one that was chosen. */
  take(size: Size, data: Uint8ClampedArray): void {
    [this.size, this.data] = [size, data];
  }
}
