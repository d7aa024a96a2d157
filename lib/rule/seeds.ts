// Where a rule's pattern grows: the grid that the rule was trained on, and the seeds that the pattern starts from.

import {
  ALPHA,
  CENTRE,
  type Cells,
  emptyCells,
  RGBA,
  type Seed,
  seedCells,
  type Target,
} from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { ALIVE_THRESHOLD, type RuleSpec } from "./spec.js";

/** A grid, and the seeds on it. */
export interface SeededGrid {
  readonly height: number;
  readonly width: number;
  readonly seeds: readonly Seed[];
}

/** Cells of one body are at most this far apart: young patterns cross the two empty cells in between. */
const REACH = 3;
/** The most seeds, and the farthest that one may be from the centre, in cells. */
const MOST_SEEDS = 2 ** 16;
const FARTHEST = 2 ** 20;

/** Throws InvalidInputError unless a list of seeds makes sense. */
export function checkSeeds(seeds: readonly Seed[]): void {
  if (!(Array.isArray(seeds) && seeds.length >= 1 && seeds.length <= MOST_SEEDS)) {
    throw new InvalidInputError(`There are ${seeds?.length ?? "no"} seeds; expected 1 to ${MOST_SEEDS}.`);
  }
  for (const { dx, dy } of seeds) {
    checkInteger("A seed's dx", dx, -FARTHEST, FARTHEST);
    checkInteger("A seed's dy", dy, -FARTHEST, FARTHEST);
  }
}

/** Whether an input says which cells live: then these are drawn, and neither born nor lost. */
export function isDrawn({ inputs, aliveChannel }: RuleSpec): boolean {
  return inputs.includes(aliveChannel);
}

/**
 * The seeds of a rule's pattern on a grid, [count, height, width, channels]. A rule that was never trained to grow has
 * one in the centre. Where an input says which cells live, a seed is that input alone, at 1; without a grid that says
 * which, all cells live. Throws InvalidInputError for a grid that is too small for them.
 */
export function seedFor(
  { spec, grid }: { readonly spec: RuleSpec; readonly grid?: SeededGrid },
  { height, width, count = 1 }: { readonly height: number; readonly width: number; readonly count?: number },
): Cells {
  const { channels, premultiplied, inputs, aliveChannel } = spec;
  if (isDrawn(spec)) {
    const { seeds } = grid ?? {};
    const planted = seeds && seedCells(count, height, width, RGBA, { premultiplied, seeds, marks: [] });
    const cells = emptyCells(count, height, width, channels, premultiplied);
    for (let cell = 0; cell < count * height * width; cell++)
      cells.data[cell * channels + aliveChannel] = planted ? planted.data[cell * RGBA + ALPHA] : 1;
    return cells;
  }
  // what says that a cell lives, and what it cannot change, are no marks
  const marks = Array.from({ length: channels }, (_, channel) => channel).filter(
    (channel) => channel > ALPHA && channel !== aliveChannel && !inputs.includes(channel),
  );
  return seedCells(count, height, width, channels, { premultiplied, seeds: grid?.seeds, marks });
}

/**
 * Where a picture can be grown from: in its body, the living cell (alpha above 0.1) that is nearest to the centre; and
 * where there are more bodies, which no pattern can cross over to, one more for each, in its middle. Nearest is by
 * straight distance, ties by row, then column. Throws InvalidInputError for a picture in which no cell can live.
 */
export function seedsOf(target: Target): readonly Seed[] {
  const bodies = bodiesOf(target);
  if (bodies.length === 0) {
    throw new InvalidInputError(
      `No cell of the picture can live: its highest alpha is ${highestAlpha(target).toFixed(3)}, and a cell lives above ` +
        `${ALIVE_THRESHOLD}. Make the picture more opaque.`,
    );
  }
  const { height, width } = target;
  const centre = { x: width >> 1, y: height >> 1 };
  const ranked = bodies
    .map((cells) => ({ cells, first: nearest(cells, centre, width) }))
    .sort((a, b) => distance(a.first, centre, width) - distance(b.first, centre, width) || a.first - b.first);
  return ranked.map(({ cells, first }, i) => {
    const cell = i === 0 ? first : nearest(cells, middleOf(cells, width), width);
    return { dx: (cell % width) - centre.x, dy: Math.floor(cell / width) - centre.y };
  });
}

/** Whether every seed lies in a cell of the picture that lives, and every body of the picture has a seed. */
export function fitsSeeds(target: Target, seeds: readonly Seed[]): boolean {
  const { height, width } = target;
  const cells = seeds.map(({ dx, dy }) => {
    const [x, y] = [(width >> 1) + dx, (height >> 1) + dy];
    return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : -1;
  });
  if (!cells.every((cell) => cell >= 0 && lives(target, cell))) return false;
  const planted = new Set(cells);
  return bodiesOf(target).every((body) => body.some((cell) => planted.has(cell)));
}

/** How many cells of a picture live, those whose alpha is above 0.1: what a training's time grows with. */
export function livingCells(target: Target): number {
  let count = 0;
  for (let cell = 0; cell < target.height * target.width; cell++) if (lives(target, cell)) count++;
  return count;
}

/** Seeds as text, `right:down` from the centre. */
export function seedsText(seeds: readonly Seed[]): string {
  return seeds.map(({ dx, dy }) => `${dx}:${dy}`).join(",");
}

/** One seed, in the centre. */
export function isCentre(seeds: readonly Seed[]): boolean {
  return seedsText(seeds) === seedsText(CENTRE);
}

function lives({ data }: Target, cell: number): boolean {
  return data[cell * RGBA + ALPHA] > Math.fround(ALIVE_THRESHOLD);
}

/** The highest alpha of a picture. */
export function highestAlpha({ data }: Target): number {
  return data.reduce((most, value, i) => (i % RGBA === ALPHA ? Math.max(most, value) : most), 0);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Squared, in cells. */
function distance(cell: number, { x, y }: Point, width: number): number {
  return ((cell % width) - x) ** 2 + (Math.floor(cell / width) - y) ** 2;
}

/** The first of the nearest; cells ascend, by row, then column. */
function nearest(cells: readonly number[], to: Point, width: number): number {
  return cells.reduce((best, cell) => (distance(cell, to, width) < distance(best, to, width) ? cell : best));
}

/** The middle of the box around some cells. */
function middleOf(cells: readonly number[], width: number): Point {
  const halfWay = (values: readonly number[]) =>
    values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY) / 2 +
    values.reduce((high, value) => Math.max(high, value), 0) / 2;
  return {
    x: halfWay(cells.map((cell) => cell % width)),
    y: halfWay(cells.map((cell) => Math.floor(cell / width))),
  };
}

/** The living cells of each body, ascending. */
function bodiesOf(target: Target): number[][] {
  const seen = new Uint8Array(target.height * target.width);
  const bodies: number[][] = [];
  for (let cell = 0; cell < seen.length; cell++) {
    if (seen[cell] || !lives(target, cell)) continue;
    seen[cell] = 1;
    const body = [cell];
    for (const from of body) for (const next of around(target, from, seen)) body.push(next);
    bodies.push(body.sort((a, b) => a - b));
  }
  return bodies;
}

/** Living cells within reach that were not seen yet; marks them as seen. */
function around(target: Target, cell: number, seen: Uint8Array): number[] {
  const { height, width } = target;
  const [x, y] = [cell % width, Math.floor(cell / width)];
  const found: number[] = [];
  for (let row = Math.max(0, y - REACH); row <= Math.min(height - 1, y + REACH); row++) {
    for (let column = Math.max(0, x - REACH); column <= Math.min(width - 1, x + REACH); column++) {
      const other = row * width + column;
      if (seen[other] || !lives(target, other)) continue;
      seen[other] = 1;
      found.push(other);
    }
  }
  return found;
}
