// What every part of a CA step works on: the numbers, and which cells are whose neighbours.

import type { Cells } from "../../cells/cells.js";
import type { RuleSpec } from "../../rule/spec.js";

/**
 * Numbers are rounded where they are stored, and nowhere else: in float32 a rollout has the same bits as on every
 * engine that promises them; in float64 it can be compared with finite differences.
 */
export type Numbers = Float32Array | Float64Array;

/** `length` zeros, in the precision of other numbers. */
export function zerosLike(numbers: Numbers, length: number): Numbers {
  return numbers instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** One sample's grid. */
export interface Grid {
  readonly area: number;
  readonly channels: number;
  /** The 3x3 neighbourhood of every cell, [area, 9], row by row from the upper left; -1 beyond the edge. */
  readonly neighbours: Int32Array;
}

export function gridOf({ height, width, channels }: Cells, { boundary }: RuleSpec): Grid {
  const neighbours = new Int32Array(height * width * 9);
  for (let at = 0; at < neighbours.length; at++) {
    const [cell, j] = [Math.floor(at / 9), at % 9];
    const row = Math.floor(cell / width) + Math.floor(j / 3) - 1;
    const column = (cell % width) + (j % 3) - 1;
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    const wrapped = ((row + height) % height) * width + ((column + width) % width);
    neighbours[at] = isInside || boundary === "torus" ? wrapped : -1;
  }
  return { area: height * width, channels, neighbours };
}
