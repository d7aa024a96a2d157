// Somebody's picture on the drawing board: shrunk as a target is, so that the board shows what the cells will see.

import { InvalidInputError } from "../../cells/errors.js";
import type { Pixels } from "../../io/picture/pixels.js";
import { targetFromPixels } from "../../io/target.js";
import type { Drawing } from "../offers.js";
import { drawn } from "../pixels.js";
import type { Size } from "./board.js";

const EMOJI_PX = 256;
/** How far the colours of a background may be from each other, 0-255. */
const LIKE = 24;

/** No font has a picture for this: what is drawn for it is drawn for whatever a browser does not have. */
const UNKNOWN = "\u{10fffd}";

/** An emoji, or a letter, as the system's font draws it. Throws InvalidInputError for one that it cannot draw. */
export function drawEmoji(text: string): Pixels {
  const [first] = new Intl.Segmenter().segment(text.trim());
  const letter = first?.segment ?? "";
  const pixels = drawLetter(letter);
  const isBox = `${pixels.data}` === `${drawLetter(UNKNOWN).data}`;
  if (isBox || !pixels.data.some((value) => value > 0))
    throw new InvalidInputError(`This browser has no picture for ${letter}. Use a picture of it instead.`);
  return pixels;
}

function drawLetter(letter: string): Pixels {
  return drawn(EMOJI_PX, EMOJI_PX, (context) => {
    context.font = `${EMOJI_PX * 0.72}px "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(letter, EMOJI_PX / 2, EMOJI_PX * 0.54, EMOJI_PX);
  });
}

/** A drawing at another size, its margins and all, cell by cell. */
export function resized({ size, data }: Drawing, to: Size): Uint8ClampedArray {
  const out = new Uint8ClampedArray(to * to * 4);
  for (let y = 0; y < to; y++) {
    for (let x = 0; x < to; x++) {
      const from = Math.floor(((y + 0.5) * size) / to) * size + Math.floor(((x + 0.5) * size) / to);
      out.set(data.subarray(from * 4, from * 4 + 4), (y * to + x) * 4);
    }
  }
  return out;
}

/** What the cells will see of a picture at a size. Throws FileError for one in which nothing could live. */
export function shrunk(pixels: Pixels, size: Size): Uint8ClampedArray {
  const { data } = targetFromPixels(
    trimmed(pixels),
    { size, padding: 0, premultiplied: false },
    "This picture",
  );
  return Uint8ClampedArray.from(data, (value) => Math.round(255 * value));
}

/** A picture without its transparent margins. */
function trimmed(pixels: Pixels): Pixels {
  const { data, width, height } = pixels;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] < 16) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return pixels;
  const [w, h] = [right - left + 1, bottom - top + 1];
  const out = new Uint8ClampedArray(w * h * 4);
  for (let y = 0; y < h; y++) {
    const from = ((y + top) * width + left) * 4;
    out.set(data.subarray(from, from + w * 4), y * w * 4);
  }
  return { data: out, width: w, height: h };
}

/** A square picture without the background that it has from its corners on, if all of them are of one opaque colour. */
export function withoutBackground(data: Uint8ClampedArray, size: number): Uint8ClampedArray {
  const colour = (cell: number) => [...data.subarray(cell * 4, cell * 4 + 4)];
  const isLike = (a: readonly number[], b: readonly number[]) =>
    a.every((value, i) => Math.abs(value - b[i]) <= LIKE);
  const corners = [0, size - 1, size * (size - 1), size * size - 1];
  const paper = colour(0);
  const clear = data.slice();
  if (paper[3] < 200 || !corners.every((corner) => isLike(colour(corner), paper))) return clear;
  const seen = new Set(corners);
  for (const cell of seen) {
    clear.fill(0, cell * 4, cell * 4 + 4);
    const [x, y] = [cell % size, Math.floor(cell / size)];
    const around = [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ];
    for (const [column, row] of around) {
      const next = row * size + column;
      const isWithin = column >= 0 && row >= 0 && column < size && row < size;
      if (isWithin && isLike(colour(next), paper)) seen.add(next);
    }
  }
  return clear;
}
