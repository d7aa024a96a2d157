// Pixels as every decoder gives them: 8-bit RGBA, straight. Runs in Node and in a browser.
import { type Cells, cellsOf } from "../../cells/cells.js";
import { InvalidInputError } from "../../cells/errors.js";
import { checkSize, type Size } from "./sides.js";

/** RGBA in 8 bits, straight, [height, width, 4]: what `ImageData` is in a browser and in canvas. */
export interface Pixels extends Size {
  readonly data: Uint8ClampedArray | Uint8Array;
}

/**
 * Pixels as a picture: RGBA [1, height, width, 4], 0 to 1, straight.
 *
 * @throws InvalidInputError unless there are as many numbers as the size says, FileError for a side that cannot be
 */
export function pictureOf({ data, width, height }: Pixels, where: string): Cells {
  checkSize({ width, height }, where);
  if (data.length !== 4 * width * height) {
    throw new InvalidInputError(
      `${where} holds ${data.length} numbers; ${width} x ${height} px of RGBA need ${4 * width * height}.`,
    );
  }
  return cellsOf(
    Float32Array.from(data, (value) => value / 255),
    { height, width, premultiplied: false },
  );
}
