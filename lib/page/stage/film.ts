// The last seconds of the stage, kept so that they can be made a film of.

import type { Rgba } from "../../view/frame.js";

const FRAMES = 180;
/** Milliseconds between two frames. */
export const FRAME_MS = 80;
/** Larger grids are not kept: they would take too much memory. */
const MOST_CELLS = 160 * 160;

export class Film {
  private frames: Rgba[] = [];
  private last = Number.NEGATIVE_INFINITY;

  /** Keeps a frame, if it is time for one. */
  take(image: Rgba, now: number): void {
    const [first = image] = this.frames;
    if (first.width !== image.width || first.height !== image.height) this.frames = [];
    if (now - this.last < FRAME_MS || image.width * image.height > MOST_CELLS) return;
    this.last = now;
    this.frames.push(image);
    if (this.frames.length > FRAMES) this.frames.shift();
  }

  get shown(): readonly Rgba[] {
    return this.frames;
  }

  clear(): void {
    this.frames = [];
  }
}
