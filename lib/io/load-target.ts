// Reads a target from a picture's file, from its bytes, or from an emoji. Node only: in a browser, give the bytes to
// `targetFromPng` or the pixels to `targetFromPixels`.

import type { Target } from "../cells/cells.js";
import { readFileChecked } from "./atomic.js";
import { isEmoji, loadEmoji } from "./emoji.js";
import { decodePicture } from "./picture/decode.js";
import { MAX_PICTURE_AREA } from "./picture/sides.js";
import { checkTargetOptions, TARGET_SIZE, type TargetOptions, targetOf } from "./target.js";

/** The largest picture file that is read: an uncompressed RGBA picture of 4096 x 4096 px. */
export const MAX_PICTURE_BYTES = 65 * 2 ** 20;
/** How long an SVG is drawn, in px, at least; and how many px a cell is made of, at least. */
const SVG_SIDE = 512;
const SVG_OVERSAMPLING = 4;

/**
 * The picture in a file as a target: PNG, JPEG, WebP, GIF, BMP, AVIF or SVG, told by its bytes; or an emoji, "🦎", from
 * the package @iconify-json/noto. See `targetFromPng` for what becomes of it. A file whose name is an emoji is read as
 * "./🦎".
 *
 * @param picture a path relative to the current working directory (in a notebook, its folder), or an emoji
 * @throws InvalidInputError for options out of range, FileError for a picture that cannot be read or used
 */
export async function loadTarget(picture: string, options: TargetOptions = {}): Promise<Target> {
  checkTargetOptions(options);
  const bytes = isEmoji(picture)
    ? await loadEmoji(picture)
    : await readFileChecked(picture, MAX_PICTURE_BYTES);
  return targetFromPicture(bytes, options, picture);
}

/**
 * The same from a picture's bytes.
 *
 * @param where what to call the picture in an error, such as its path
 */
export async function targetFromPicture(
  bytes: Uint8Array,
  options: TargetOptions = {},
  where = "The picture",
): Promise<Target> {
  const { size = TARGET_SIZE } = checkTargetOptions(options);
  const svgSide = Math.min(Math.sqrt(MAX_PICTURE_AREA), Math.max(SVG_SIDE, SVG_OVERSAMPLING * size));
  return targetOf(await decodePicture(bytes, svgSide, where), options, where);
}
