// Samples on the device: the cells of each, and a word a cell for its strain, in as many buffers as they need.

import type { Device, Part } from "./device.js";
import type { Sizes } from "./shape.js";

/** A sample's parts of buffers. */
export interface Stored {
  readonly cells: Part;
  readonly words: Part;
}

export class SampleStore {
  private readonly cells: readonly GPUBuffer[];
  private readonly words: readonly GPUBuffer[];
  private readonly perBuffer: number;
  private readonly cellBytes: number;
  private readonly wordBytes: number;

  /** `hasStrains`: whether words are kept at all. */
  constructor(device: Device, { area, channelVecs }: Sizes, count: number, hasStrains: boolean) {
    this.cellBytes = area * channelVecs * 16;
    this.wordBytes = area * 4;
    this.perBuffer = Math.max(1, Math.floor(device.mostBytes / this.cellBytes));
    const counts: number[] = [];
    for (let left = count; left > 0; left -= this.perBuffer) counts.push(Math.min(left, this.perBuffer));
    this.cells = counts.map((some) => device.buffer(some * this.cellBytes));
    this.words = counts.map((some) => device.buffer(hasStrains ? some * this.wordBytes : 0));
  }

  at(index: number): Stored {
    const { cellBytes, wordBytes, perBuffer } = this;
    const [which, place] = [Math.floor(index / perBuffer), index % perBuffer];
    return {
      cells: { buffer: this.cells[which], offset: place * cellBytes, size: cellBytes },
      words: { buffer: this.words[which], offset: place * wordBytes, size: wordBytes },
    };
  }

  destroy(): void {
    for (const buffer of [...this.cells, ...this.words]) buffer.destroy();
  }
}
