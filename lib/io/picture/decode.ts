// Reads a picture of any format that is read. PNG is decoded here, to the same numbers everywhere; all others by Skia in
// a process of its own, whose numbers differ a little between its versions. Node only.
import type { Cells } from "../../cells/cells.js";
import { type DecodeLimits, decodeApart } from "./decode-apart.js";
import { checkedFormat, PICTURE_FORMATS, type PictureFormat } from "./kind.js";
import { pictureOf } from "./pixels.js";
import { decodePng } from "./png.js";
import { promisedSize } from "./size.js";
import { drawableSvg } from "./svg.js";

/** A picture that has passed all checks that need no decoder, and what a decoder is given. */
export function checkedPicture(
  bytes: Uint8Array,
  svgSide: number,
  where: string,
): { readonly format: PictureFormat; readonly bytes: Uint8Array } {
  const format = checkedFormat(bytes, where);
  if (format === "svg")
    return { format, bytes: new TextEncoder().encode(drawableSvg(bytes, svgSide, where)) };
  if (format !== "png") promisedSize(format, bytes, where);
  return { format, bytes };
}

/**
 * The picture in these bytes: RGBA [1, height, width, 4], 0 to 1, straight; turned by its EXIF orientation, the first
 * frame of an animation, an SVG drawn `svgSide` px long.
 *
 * @throws FileError for anything that is no such picture, that is broken or cut short, empty or too large
 */
export async function decodePicture(
  bytes: Uint8Array,
  svgSide: number,
  where: string,
  limits: DecodeLimits = {},
): Promise<Cells> {
  const checked = checkedPicture(bytes, svgSide, where);
  if (checked.format === "png") return decodePng(bytes, where);
  const pixels = await decodeApart(checked.bytes, PICTURE_FORMATS[checked.format], where, limits);
  return pictureOf(pixels, where);
}
