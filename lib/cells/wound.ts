// Damage: parts of a pattern that are emptied. Its shapes are data, so that they can be passed to a device.

import { type Cells, sampleOf } from "./cells.js";

/** A circle in the grid's own units: both sides go from -1 to 1. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** All that lies beyond a straight line, in the grid's own units: where normalX * x + normalY * y is above distance. */
export interface HalfPlane {
  readonly normalX: number;
  readonly normalY: number;
  readonly distance: number;
}

/** A rectangle in the grid's own units, by its middle and half of its sides. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

/** Damage of any shape. */
export type Wound =
  | ({ readonly kind: "circle" } & Circle)
  | ({ readonly kind: "half" } & HalfPlane)
  | ({ readonly kind: "hole" } & Rectangle);

/** Says whether the cell in column x and row y, from the upper left, is damaged. */
export type Hit = (x: number, y: number) => boolean;

/**
 * Empties every cell of one sample for which `hit` says so, in place; x and y are cells from the upper left. Channels
 * that are inputs of the rule (`RuleSpec.inputs`) stay as they are.
 */
export function wound(cells: Cells, sample: number, hit: Hit, inputs: readonly number[] = []): void {
  const { data, height, width, channels, strains } = sampleOf(cells, sample);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!hit(x, y)) continue;
      const cell = y * width + x;
      for (let channel = 0; channel < channels; channel++) {
        if (!inputs.includes(channel)) data[cell * channels + channel] = 0;
      }
      strains?.fill(0, cell, cell + 1);
    }
  }
}

/** Empties the cells of one sample inside a shape, in place, except for inputs: see `wound`. */
export function applyWound(cells: Cells, sample: number, shape: Wound, inputs: readonly number[] = []): void {
  wound(cells, sample, hitOf(shape, cells.height, cells.width), inputs);
}

/** Which cells of a grid are inside a shape. */
export function hitOf(shape: Wound, height: number, width: number): Hit {
  const hit = HITS[shape.kind](shape as never);
  const [columns, rows] = [width, height].map(unitsOf);
  return (column, row) => hit(columns[column], rows[row]);
}

/** Where each of so many cells in a row lies, in the grid's own units. */
function unitsOf(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, cell) => (size === 1 ? 0 : (2 * cell) / (size - 1) - 1));
}

const squared = (value: number) => value * value;

/** Whether a place is inside a shape, in the grid's own units. */
const HITS = {
  circle: ({ x, y, radius }: Circle): Hit => {
    return (atX, atY) => squared(atX - x) + squared(atY - y) < squared(radius);
  },
  half: ({ normalX, normalY, distance }: HalfPlane): Hit => {
    return (atX, atY) => normalX * atX + normalY * atY > distance;
  },
  hole: ({ x, y, halfWidth, halfHeight }: Rectangle): Hit => {
    return (atX, atY) => Math.abs(atX - x) < halfWidth && Math.abs(atY - y) < halfHeight;
  },
};

/** Empties the cells of one sample inside the circle, in place. */
export function woundCircle(cells: Cells, sample: number, circle: Circle): void {
  applyWound(cells, sample, { kind: "circle", ...circle });
}

/** Empties the cells of one sample beyond the line, in place. */
export function woundHalf(cells: Cells, sample: number, half: HalfPlane): void {
  applyWound(cells, sample, { kind: "half", ...half });
}

/** Empties the cells of one sample inside the rectangle, in place. */
export function woundHole(cells: Cells, sample: number, hole: Rectangle): void {
  applyWound(cells, sample, { kind: "hole", ...hole });
}
