// Reads PNG pictures of every kind as plain floats. Ignores colour profiles and gamma: a sample is its value
// over the largest one, as in Distill. Runs in Node and in a browser.
import { type DecodedPng, decode } from "fast-png";
import { type Cells, cellsOf } from "../../cells/cells.js";
import { FileError } from "../../cells/errors.js";
import { reason } from "../file-errors.js";
import { extractPicture } from "./png-chunks.js";
import { type PngHeader, readPngHeader } from "./png-header.js";
import { decodeInterlaced, type Samples } from "./png-interlaced.js";
import { unpackBits } from "./png-samples.js";

/**
 * The picture in PNG bytes: RGBA [1, height, width, 4], 0 to 1, straight.
 *
 * @param where what to call the picture in an error, such as its path
 * @throws FileError for another kind of file, one that is broken or cut short, an empty picture, or one larger
 *   than `MAX_PICTURE_SIDE`, which is refused from its header without decoding
 */
export function decodePng(bytes: Uint8Array, where = "The picture"): Cells {
  const header = readPngHeader(bytes, where);
  const picture = extractPicture(bytes, header, where);
  const isSpecial = header.interlaced && header.depth < 8;
  const png = isSpecial ? decodeInterlaced(picture, header, where) : decodeUsual(picture, header, where);
  const pixel = png.palette ? paletteReader(png, where) : sampleReader(png);
  const data = new Float32Array(header.width * header.height * 4);
  for (let i = 0; i < header.width * header.height; i++) pixel(i, data.subarray(4 * i, 4 * i + 4));
  return cellsOf(data, { height: header.height, width: header.width, premultiplied: false });
}

function decodeUsual(picture: Uint8Array, header: PngHeader, where: string): Samples {
  let png: DecodedPng;
  try {
    png = decode(picture, { checkCrc: true });
  } catch (error) {
    throw new FileError(`${where} is a broken PNG: ${reason(error)}.`);
  }
  if (header.depth >= 8) return png;
  return { ...png, data: unpackBits(png.data, header.width, header.height, header.depth) };
}

type PixelReader = (index: number, rgba: Float32Array) => void;

/** Grey or RGB, with or without alpha. One colour may be declared transparent instead (tRNS). */
function sampleReader(png: Samples): PixelReader {
  const { channels, data: samples } = png;
  const colours = channels < 3 ? 1 : 3;
  const most = 2 ** png.depth - 1;
  const hidden = png.transparency;
  const isHidden = (at: number) => {
    for (let k = 0; k < colours; k++) if (samples[at + k] !== hidden?.[k]) return false;
    return true;
  };
  return (index, rgba) => {
    const at = index * channels;
    for (let k = 0; k < 3; k++) rgba[k] = samples[at + (colours === 1 ? 0 : k)] / most;
    rgba[3] = channels > colours ? samples[at + colours] / most : isHidden(at) ? 0 : 1;
  };
}

/** Each sample is the number of a colour, RGB or RGBA in 8 bits. */
function paletteReader({ palette = [], data: samples }: Samples, where: string): PixelReader {
  return (index, rgba) => {
    const colour = palette[samples[index]];
    if (!colour) {
      const got = `a pixel uses colour ${samples[index]} of a palette of ${palette.length}`;
      throw new FileError(`${where} is a broken PNG: ${got}.`);
    }
    const [red, green, blue, alpha = 255] = colour;
    rgba.set([red / 255, green / 255, blue / 255, alpha / 255]);
  };
}
