// The boards that an animation of an automaton shows.

import { FileError } from "../cells/errors.js";
import { type GifFrame, gifFrames } from "../io/gif-frames.js";
import type { Board } from "./board.js";

/** Which of the two colours is life: the rarer one, if not given. */
export type LifeColour = "dark" | "light";

/** The longest side of a square, in pixels. */
const MOST_SQUARE = 256;
/** The most edges, of all between pixels, that may lie elsewhere than between cells. */
const STRAY_EDGES = 0.01;
/** The most pixels that may be of neither colour: further from both than this share of what lies between them. */
const STRAY_PIXELS = 0.02;
const NEAR = 0.25;

/**
 * The generations of an automaton that somebody's gif shows: squares of two colours, of any size, without lines between
 * them. Cells that the picture's edge cuts through are left out, and frames that repeat the one before.
 *
 * @param where what to call the gif in an error, such as its path
 * @throws FileError for a gif that shows no such boards
 */
export function boardsOfGif(
  bytes: Uint8Array,
  { life, where = "The gif" }: { readonly life?: LifeColour; readonly where?: string } = {},
): Board[] {
  let [height, width] = [0, 0];
  const shades: Uint8Array[] = [];
  for (const frame of gifFrames(bytes, where)) {
    [height, width] = [frame.height, frame.width];
    shades.push(shadesOf(frame));
  }
  if (shades.length < 2) throw new FileError(`${where} has ${shades.length} frame; expected an animation.`);
  const { low, high } = rangeOf(shades, where);
  const isLight = shades.map((frame) => Uint8Array.from(frame, (shade) => Number(shade > (low + high) / 2)));
  const [columns, rows] = [squaresAlong(isLight, width, 1), squaresAlong(isLight, height, width)];
  const size = greatestCommon(columns, rows);
  if (size === 0) throw new FileError(`${where} shows no squares; expected a board of them in each frame.`);
  const [left, top] = [columns, rows].map(({ offset }) => offset % size);
  const [across, down] = [Math.floor((width - left) / size), Math.floor((height - top) / size)];
  if (across * down === 0) throw new FileError(`${where} shows no whole squares; expected a board of them.`);
  const middle = size >> 1;
  const light = isLight.map((frame) =>
    Uint8Array.from({ length: across * down }, (_, cell) => {
      const [row, column] = [Math.floor(cell / across), cell % across];
      return frame[(top + row * size + middle) * width + left + column * size + middle];
    }),
  );
  const share =
    light.reduce((sum, cells) => sum + cells.reduce((a, b) => a + b, 0), 0) / (light.length * across * down);
  const isLife = Number(life === undefined ? share <= 0.5 : life === "light");
  const boards = light
    .map((cells) => cells.map((cell) => Number(cell === isLife)))
    .filter((cells, i) => i === 0 || cells.some((cell, at) => cell !== Number(light[i - 1][at] === isLife)))
    .map((cells) => ({ height: down, width: across, cells }));
  if (boards.length < 2)
    throw new FileError(`${where} shows the same board in every frame; expected several.`);
  return boards;
}

/** How light each pixel is, from 0 to 255; what was not drawn is white. */
function shadesOf({ data }: GifFrame): Uint8Array {
  const shades = new Uint8Array(data.length / 4).fill(255);
  for (let pixel = 0; pixel < shades.length; pixel++) {
    const at = pixel * 4;
    if (data[at + 3] > 0)
      shades[pixel] = Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
  }
  return shades;
}

/** The two shades. */
function rangeOf(frames: readonly Uint8Array[], where: string): { low: number; high: number } {
  const counts = new Float64Array(256);
  for (const frame of frames) for (const shade of frame) counts[shade]++;
  const found = [...counts.keys()].filter((shade) => counts[shade] > 0);
  const [low, high] = [found[0], found[found.length - 1]];
  if (low === high)
    throw new FileError(`${where} shows one colour; expected two, for the living and the dead.`);
  const isStray = (shade: number) => Math.min(shade - low, high - shade) > NEAR * (high - low);
  const [strays, pixels] = [found.filter(isStray), found].map((some) =>
    some.reduce((sum, shade) => sum + counts[shade], 0),
  );
  if (strays > STRAY_PIXELS * pixels) {
    const percent = Math.round((100 * strays) / pixels);
    throw new FileError(
      `${where} has more than two colours: ${percent} % of its pixels are of neither. Expected squares of two colours ` +
        "without lines between them.",
    );
  }
  return { low, high };
}

interface Grid {
  readonly size: number;
  readonly offset: number;
}

/** The largest squares between whose sides the colour changes, along one direction; `stride` is from pixel to pixel. */
function squaresAlong(frames: readonly Uint8Array[], length: number, stride: number): Grid {
  const edges = new Uint32Array(length);
  for (const frame of frames) {
    for (let pixel = 0; pixel < frame.length; pixel++) {
      const at = Math.floor(pixel / stride) % length;
      if (at > 0 && frame[pixel] !== frame[pixel - stride]) edges[at]++;
    }
  }
  const all = edges.reduce((sum, count) => sum + count, 0);
  if (all === 0) return { size: 0, offset: 0 }; // the other direction tells
  for (let size = Math.min(length, MOST_SQUARE); size > 1; size--) {
    const found = new Uint32Array(size);
    edges.forEach((count, at) => {
      found[at % size] += count;
    });
    const most = found.reduce((most, count) => Math.max(most, count), 0);
    if (all - most <= STRAY_EDGES * all) return { size, offset: found.indexOf(most) };
  }
  return { size: 1, offset: 0 };
}

/** The side of a square that fits both directions. */
function greatestCommon(one: Grid, other: Grid): number {
  let [a, b] = [one.size, other.size];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
