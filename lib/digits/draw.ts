// Digits drawn by strokes, for those who have no MNIST at hand: each a little different from the last.

import { checkInteger } from "../cells/errors.js";
import { cosSin } from "../cells/math.js";
import type { Random } from "../cells/random.js";
import { DIGIT_SIDE, type Digit, LABELS } from "./digit.js";

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

/** Part of an ellipse, angles in turns, clockwise from the right. */
function arc(x: number, y: number, width: number, height: number, from: number, to: number): Stroke {
  return Array.from({ length: 17 }, (_, i): Point => {
    const [cos, sin] = cosSin(2 * Math.PI * (from + ((to - from) * i) / 16));
    return [x + width * cos, y + height * sin];
  });
}

/** Strokes in a box from 0 to 1 down and to the right, as most people write them. */
const STROKES: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.32, 0.5, 0, 1)],
  [
    [
      [0.35, 0.2],
      [0.55, 0],
      [0.55, 1],
    ],
  ],
  [[...arc(0.5, 0.28, 0.32, 0.28, -0.5, 0.1), [0.15, 1], [0.88, 1]]],
  [arc(0.45, 0.25, 0.32, 0.25, -0.45, 0.25), arc(0.45, 0.74, 0.38, 0.26, -0.25, 0.42)],
  [
    [
      [0.3, 0],
      [0.15, 0.6],
      [0.9, 0.6],
    ],
    [
      [0.68, 0.1],
      [0.62, 1],
    ],
  ],
  [
    [
      [0.82, 0],
      [0.28, 0],
      [0.24, 0.42],
    ],
    arc(0.45, 0.69, 0.38, 0.31, -0.35, 0.38),
  ],
  [
    [[0.68, 0], ...arc(0.5, 0.72, 0.32, 0.28, -0.5, 0.5)],
    [
      [0.68, 0],
      [0.32, 0.35],
      [0.18, 0.72],
    ],
  ],
  [
    [
      [0.12, 0],
      [0.86, 0],
      [0.42, 1],
    ],
  ],
  [arc(0.5, 0.25, 0.27, 0.25, 0, 1), arc(0.5, 0.74, 0.33, 0.26, 0, 1)],
  [
    arc(0.48, 0.28, 0.32, 0.28, 0, 1),
    [
      [0.8, 0.28],
      [0.76, 0.65],
      [0.62, 1],
    ],
  ],
];

/** Of MNIST's 28 cells a digit fills 20. */
const BOX = 20;

/** Draws a digit: turned, slanted, stretched and moved a little, with a pen of random width. */
export function drawDigit(label: number, random: Random): Digit {
  checkInteger("The digit", label, 0, LABELS - 1);
  const [turn, slant] = [random.uniform(-0.15, 0.15), random.uniform(-0.25, 0.1)];
  const [wide, high] = [random.uniform(0.62, 0.85) * BOX, random.uniform(0.88, 1) * BOX];
  const [left, top] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  const pen = random.uniform(1, 1.6);
  const middle = DIGIT_SIDE / 2;
  const [cos, sin] = cosSin(turn);
  const placed = ([x, y]: Point): Point => {
    const [dx, dy] = [(x - 0.5) * wide - slant * (y - 0.5) * high, (y - 0.5) * high];
    return [middle + left + dx * cos - dy * sin, middle + top + dx * sin + dy * cos];
  };
  const lines = STROKES[label].map((stroke) => stroke.map(placed));
  const ink = Uint8Array.from({ length: DIGIT_SIDE ** 2 }, (_, cell) => {
    const at: Point = [(cell % DIGIT_SIDE) + 0.5, Math.floor(cell / DIGIT_SIDE) + 0.5];
    const distance = Math.min(...lines.map((line) => distanceTo(line, at)));
    return Math.round(255 * Math.min(1, Math.max(0, pen + 0.5 - distance)));
  });
  return { ink, label };
}

/** How far a point is from a line of several pieces. */
function distanceTo(line: Stroke, [x, y]: Point): number {
  let nearest = Number.POSITIVE_INFINITY;
  line.slice(1).forEach(([toX, toY], i) => {
    const [fromX, fromY] = line[i];
    const [dx, dy] = [toX - fromX, toY - fromY];
    const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1);
    const share = Math.min(1, Math.max(0, along));
    const [offX, offY] = [x - fromX - share * dx, y - fromY - share * dy];
    nearest = Math.min(nearest, Math.sqrt(offX * offX + offY * offY));
  });
  return nearest;
}
