// How large a picture may be, for every format.
import { FileError } from "../../cells/errors.js";

/** The longest side that is read: far above any target, and 64 MiB of 8-bit RGBA at most. */
export const MAX_PICTURE_SIDE = 4096;

/** A picture's size, in px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Throws FileError for a side of 0 or above `MAX_PICTURE_SIDE`. */
export function checkSize({ width, height }: Size, where: string): void {
  if (width === 0 || height === 0)
    throw new FileError(`${where} is an empty picture: ${width} x ${height} px.`);
  if (Math.max(width, height) > MAX_PICTURE_SIDE) {
    const most = `at most ${MAX_PICTURE_SIDE} px a side`;
    throw new FileError(`${where} is too large: ${width} x ${height} px, expected ${most}. Shrink it first.`);
  }
}
