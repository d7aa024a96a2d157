// How large a picture may be, for every format.
import { FileError } from "../../cells/errors.js";

/** The longest side that is read, and the most pixels: far above any target, and 64 MiB of 8-bit RGBA. */
export const MAX_PICTURE_SIDE = 16_384;
export const MAX_PICTURE_AREA = 4096 ** 2;
/** The same in words. */
export const MOST_PIXELS = `at most ${MAX_PICTURE_SIDE} px a side and 4096 x 4096 px in all`;

/** A picture's size, in px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Throws FileError for a side of 0, or for more pixels than are read. */
export function checkSize({ width, height }: Size, where: string): void {
  if (width === 0 || height === 0)
    throw new FileError(`${where} is an empty picture: ${width} x ${height} px.`);
  if (Math.max(width, height) > MAX_PICTURE_SIDE || width * height > MAX_PICTURE_AREA) {
    throw new FileError(
      `${where} is too large: ${width} x ${height} px, expected ${MOST_PIXELS}. Shrink it first.`,
    );
  }
}
