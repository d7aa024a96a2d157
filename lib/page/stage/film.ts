// What happened on the stage since the pattern was planted: frames that lie farther apart the longer it lasts.

import type { Rgba } from "../../view/frame.js";

const MOST_FRAMES = 160;
/** CA steps between two frames at first. */
const FIRST_EVERY = 2;
/** Larger grids are not kept: they would take too much memory. */
const MOST_CELLS = 160 * 160;

export class Film {
  private frames: Rgba[] = [];
  private every = FIRST_EVERY;
  private next = 0;

  /** Keeps the image of an age, in CA steps, if it is time for one. */
  take(image: Rgba, age: number): void {
    if (age < this.next || image.width * image.height > MOST_CELLS) return;
    this.next = age + this.every;
    this.frames.push(image);
    if (this.frames.length < MOST_FRAMES) return;
    this.frames = this.frames.filter((_, i) => i % 2 === 0);
    this.every *= 2;
  }

  get shown(): readonly Rgba[] {
    return this.frames;
  }

  clear(): void {
    [this.frames, this.every, this.next] = [[], FIRST_EVERY, 0];
  }
}
