// Grids of cells to start from: lizards placed on grids of any size, and plain discs of living cells.

import * as nca from "../lib/node.js";

/** Copies the first sample of `from` onto a sample of `to`, in place; what reaches beyond the grid is cut off. */
export function paste(from: nca.Cells, to: nca.Cells, sample: number, top: number, left: number): void {
  const { channels } = from;
  const { data, height, width } = nca.sampleOf(to, sample);
  const [first, end] = [Math.max(0, -left), Math.min(from.width, width - left)];
  for (let row = Math.max(0, -top); row < Math.min(from.height, height - top); row++) {
    const line = from.data.subarray(
      (row * from.width + first) * channels,
      (row * from.width + end) * channels,
    );
    data.set(line, ((row + top) * width + left + first) * channels);
  }
}

/** Every sample in the middle of a square grid of another size. */
export function resized(cells: nca.Cells, size: number): nca.Cells {
  const grid = nca.emptyCells(cells.count, size, size, cells.channels);
  const margin = (size - cells.width) >> 1;
  for (let sample = 0; sample < cells.count; sample++)
    paste(nca.sampleOf(cells, sample), grid, sample, margin, margin);
  return grid;
}

/** The samples of a batch over and over, until there are so many. */
export function repeated(cells: nca.Cells, count: number): nca.Cells {
  const batch = nca.emptyCells(count, cells.height, cells.width, cells.channels);
  for (let sample = 0; sample < count; sample++)
    paste(nca.sampleOf(cells, sample % cells.count), batch, sample, 0, 0);
  return batch;
}

/** One grid with as many lizards side by side as it has room for, one every `pitch` cells. */
export function field(lizards: nca.Cells, size: number, pitch: number): nca.Cells {
  const grid = nca.emptyCells(1, size, size, lizards.channels);
  const tiles = resized(lizards, Math.min(size, pitch));
  const across = Math.max(1, Math.floor(size / pitch));
  const margin = Math.max(0, size - across * pitch) >> 1;
  for (let i = 0; i < across ** 2; i++) {
    const [row, column] = [Math.floor(i / across), i % across];
    const lizard = nca.sampleOf(tiles, i % tiles.count);
    paste(lizard, grid, 0, margin + row * pitch, margin + column * pitch);
  }
  return grid;
}

/** A batch in which a share of each square grid, a disc in its middle, is alive. */
export function discs(count: number, size: number, channels: number, share: number): nca.Cells {
  const cells = nca.emptyCells(count, size, size, channels);
  const reach = share < 1 ? (share * size * size) / Math.PI : Number.POSITIVE_INFINITY;
  const middle = (size - 1) / 2;
  for (let at = 0; at < count * size * size; at++) {
    const [row, column] = [Math.floor(at / size) % size, at % size];
    if ((row - middle) ** 2 + (column - middle) ** 2 < reach)
      cells.data.fill(1, at * channels, (at + 1) * channels);
  }
  return cells;
}
