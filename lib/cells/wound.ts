// Wounds: parts of a pattern that are emptied. Shapes are data, so that a device can be told of them.

import { type Cells, sampleOf } from "./cells.js";

/** A circle in the grid's own units: both sides go from -1 to 1. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Everything on one side of a straight line, in the grid's own units: normalX * x + normalY * y above the distance. */
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

/** A wound of any shape. */
export type Wound =
  | ({ readonly kind: "circle" } & Circle)
  | ({ readonly kind: "half" } & HalfPlane)
  | ({ readonly kind: "hole" } & Rectangle);

/** Empties the cells of one sample that a wound takes, in place. */
export function applyWound(cells: Cells, sample: number, shape: Wound): void {
  if (shape.kind === "circle") woundCircle(cells, sample, shape);
  else if (shape.kind === "half") woundHalf(cells, sample, shape);
  else woundHole(cells, sample, shape);
}

/** Empties every cell of one sample for which `hit` says so, in place; x and y are cells from the upper left. */
export function wound(cells: Cells, sample: number, hit: (x: number, y: number) => boolean): void {
  const { data, height, width, channels, strains } = sampleOf(cells, sample);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!hit(x, y)) continue;
      const cell = y * width + x;
      data.fill(0, cell * channels, (cell + 1) * channels);
      strains?.fill(0, cell, cell + 1);
    }
  }
}

const squared = (value: number) => value * value;

/** As `wound`, with x and y in the grid's own units. */
function woundInUnits(cells: Cells, sample: number, hit: (x: number, y: number) => boolean): void {
  const unit = (cell: number, size: number) => (size === 1 ? 0 : (2 * cell) / (size - 1) - 1);
  wound(cells, sample, (column, row) => hit(unit(column, cells.width), unit(row, cells.height)));
}

/** Empties the cells of one sample inside the circle, in place. */
export function woundCircle(cells: Cells, sample: number, { x, y, radius }: Circle): void {
  woundInUnits(cells, sample, (cellX, cellY) => squared(cellX - x) + squared(cellY - y) < squared(radius));
}

/** Empties the cells of one sample beyond the line, in place. */
export function woundHalf(cells: Cells, sample: number, { normalX, normalY, distance }: HalfPlane): void {
  woundInUnits(cells, sample, (x, y) => normalX * x + normalY * y > distance);
}

/** Empties the cells of one sample inside the rectangle, in place. */
export function woundHole(cells: Cells, sample: number, { x, y, halfWidth, halfHeight }: Rectangle): void {
  woundInUnits(
    cells,
    sample,
    (cellX, cellY) => Math.abs(cellX - x) < halfWidth && Math.abs(cellY - y) < halfHeight,
  );
}
