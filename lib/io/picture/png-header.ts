// What the header of a PNG file promises. Refuses a picture that cannot be read before anything is decoded.
// Source: "Portable Network Graphics (PNG) Specification (Third Edition)", https://www.w3.org/TR/png-3/.
import { FileError } from "../../cells/errors.js";
import { cutShort } from "../file-errors.js";
import { describeStart } from "./kind.js";
import { checkSize } from "./sides.js";

/** Kinds of sample that a pixel is made of, by their code in the header: samples per pixel and allowed bit depths. */
const COLOUR_TYPES: Record<number, { channels: number; depths: number[] }> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] }, // grey
  2: { channels: 3, depths: [8, 16] }, // RGB
  3: { channels: 1, depths: [1, 2, 4, 8] }, // palette
  4: { channels: 2, depths: [8, 16] }, // grey and alpha
  6: { channels: 4, depths: [8, 16] }, // RGB and alpha
};
export const PALETTE = 3;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then the header chunk: length, type, 13 bytes and a checksum. */
const HEADER_END = 8 + 4 + 4 + 13 + 4;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colourType: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

/**
 * What the first 33 bytes say; nothing is decoded or allocated.
 *
 * @throws FileError for another kind of file, an impossible header, or a side of 0 or above `MAX_PICTURE_SIDE`
 */
export function readPngHeader(bytes: Uint8Array, where: string): PngHeader {
  if (SIGNATURE.some((byte, index) => bytes[index] !== byte)) {
    throw new FileError(`${where} is not a PNG picture: ${describeStart(bytes)}. Convert it to PNG first.`);
  }
  if (bytes.length < HEADER_END) throw cutShort(where, HEADER_END, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || typeAt(bytes, 12) !== "IHDR") {
    throw new FileError(`${where} is a broken PNG: it does not start with a header chunk (IHDR).`);
  }
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  checkSize({ width, height }, where);
  const [depth, colourType, compression, filter, interlace] = bytes.subarray(24, 29);
  const kind = COLOUR_TYPES[colourType];
  if (!kind?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    const got = `colour type ${colourType}, depth ${depth}, methods ${compression}/${filter}/${interlace}`;
    throw new FileError(`${where} is a broken PNG: its header says ${got}.`);
  }
  return { width, height, depth, colourType, channels: kind.channels, interlaced: interlace === 1 };
}

/** The four letters of a chunk's type. */
export function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
