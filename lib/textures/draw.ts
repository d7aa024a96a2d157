// Textures drawn by code, for those who have no photograph at hand: each continues beyond its edges.

import { ALPHA, cellsOf, RGBA, type Target } from "../cells/cells.js";
import { cosSin } from "../cells/math.js";
import { combine, Random } from "../cells/random.js";

type Colour = readonly [number, number, number];
/** The colour at a place, both numbers from 0 to 1. */
type Paint = (x: number, y: number) => Colour;

const sine = (turns: number) => cosSin(2 * Math.PI * turns)[1];
const mixed = (a: Colour, b: Colour, share: number): Colour =>
  [0, 1, 2].map((c) => a[c] + share * (b[c] - a[c])) as never;
/** A number from 0 to 1 that belongs to two whole numbers. */
const lot = (a: number, b: number) => new Random(combine(a + 1, b + 1)).uniform();
/** From one place to another on a torus whose sides are 1. */
const across = (from: number, to: number) => {
  const way = to - from;
  return way - Math.round(way);
};

const bricks: Paint = (x, y) => {
  const row = Math.floor(6 * y);
  const along = 3 * x + (row % 2) / 2;
  const [left, top] = [along - Math.floor(along), 6 * y - row];
  if (left < 0.09 || top < 0.18) return [0.78, 0.75, 0.7];
  return mixed([0.55, 0.2, 0.13], [0.8, 0.4, 0.24], lot(Math.floor(along) % 3, row));
};

const scales: Paint = (x, y) => {
  const [rows, columns, radius] = [16, 6, 0.1];
  for (let row = Math.ceil((y - radius) * rows); ; row++) {
    const shift = (row & 1) / 2;
    const column = Math.round(columns * x - shift) + shift;
    const [dx, dy] = [x - column / columns, y - row / rows];
    const far = Math.sqrt(dx * dx + dy * dy) / radius;
    if (far <= 1) return mixed([0.45, 0.85, 0.76], [0.02, 0.2, 0.36], far * far * far);
  }
};

/** Points that are spread over the torus, and the two that are nearest to a place. */
const points = Array.from({ length: 49 }, (_, i): [number, number] => [
  ((i % 7) + 0.15 + 0.7 * lot(i, 1)) / 7,
  (Math.floor(i / 7) + 0.15 + 0.7 * lot(i, 2)) / 7,
]);
function nearest(x: number, y: number) {
  const far = points.map(([px, py], i) => {
    const [dx, dy] = [across(x, px), across(y, py)];
    return { i, far: Math.sqrt(dx * dx + dy * dy) };
  });
  const [first, second] = far.sort((a, b) => a.far - b.far);
  return { i: first.i, far: first.far, gap: second.far - first.far };
}

const mosaic: Paint = (x, y) => {
  const { i, gap } = nearest(x, y);
  if (gap < 0.025) return [0.12, 0.11, 0.13];
  return (
    [
      [0.93, 0.7, 0.22],
      [0.85, 0.33, 0.22],
      [0.2, 0.5, 0.62],
      [0.9, 0.87, 0.78],
    ] as const
  )[Math.floor(4 * lot(i, 3))];
};

const dots: Paint = (x, y) => {
  const { i, far } = nearest(x, y);
  return far < 0.035 + 0.022 * lot(i, 4) ? [0.96, 0.94, 0.88] : [0.72, 0.12, 0.28];
};

const stripes: Paint = (x, y) => {
  const bent = 7 * x + 0.4 * sine(2 * y + 0.2 * sine(x)) + 0.3 * sine(x + 3 * y);
  return sine(bent) > 0 ? [0.96, 0.95, 0.92] : [0.1, 0.09, 0.1];
};

const weave: Paint = (x, y) => {
  const [column, row] = [Math.floor(6 * x), Math.floor(6 * y)];
  const [u, v] = (column + row) % 2 === 0 ? [6 * x - column, 6 * y - row] : [6 * y - row, 6 * x - column];
  const thread = 3 * v - Math.floor(3 * v);
  const light = (1 - (2 * u - 1) ** 2) * 0.6 + 0.4;
  const shade = light * (thread < 0.14 || thread > 0.86 ? 0.45 : 1);
  return mixed([0.2, 0.11, 0.05], (column + row) % 2 === 0 ? [0.88, 0.68, 0.38] : [0.7, 0.5, 0.27], shade);
};

const PAINTS = { bricks, scales, mosaic, dots, stripes, weave };
export type TextureName = keyof typeof PAINTS;
export const TEXTURES = Object.keys(PAINTS) as TextureName[];

/** Places along the side of a cell whose colours it is the mean of. */
const FINE = 3;

/** The texture by its name, opaque, `side` x `side` cells. */
export function drawTexture(name: TextureName, side = 64): Target {
  const data = new Float32Array(side * side * RGBA);
  for (let cell = 0; cell < side * side; cell++) {
    for (let i = 0; i < FINE * FINE; i++) {
      const x = ((cell % side) + ((i % FINE) + 0.5) / FINE) / side;
      const y = (Math.floor(cell / side) + (Math.floor(i / FINE) + 0.5) / FINE) / side;
      PAINTS[name](x, y).forEach((value, c) => {
        data[cell * RGBA + c] += value / (FINE * FINE);
      });
    }
    data[cell * RGBA + ALPHA] = 1;
  }
  return cellsOf(data, { height: side, width: side });
}
