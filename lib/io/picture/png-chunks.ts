// The chunks of a PNG file, and whether their data holds what the header promises. Decodes no pixel.
// Source: "Portable Network Graphics (PNG) Specification (Third Edition)", https://www.w3.org/TR/png-3/.
import { Unzlib, unzlibSync } from "fflate";
import { FileError } from "../../cells/errors.js";
import { cutShort, reason } from "../file-errors.js";
import { PALETTE, type PngHeader, typeAt } from "./png-header.js";
import { passesOf, rowBytes } from "./png-passes.js";

const INFLATE_SLICE = 16_384; // bytes of compressed data at a time, so that a bomb is noticed early

/**
 * The chunks that make the picture (IHDR, PLTE, tRNS, IDAT, IEND) as a PNG of its own, after checking that all of
 * the file is there and that its data inflates to exactly the bytes its header promises. Colour profiles, gamma,
 * text and further frames of an animation are dropped.
 */
export function extractPicture(bytes: Uint8Array, header: PngHeader, where: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = new Set(["IHDR", "IDAT", "IEND"]);
  if (header.colourType === PALETTE) wanted.add("PLTE"); // elsewhere it is only a suggestion
  if (header.colourType <= PALETTE) wanted.add("tRNS"); // the others have an alpha channel
  const parts = [bytes.subarray(0, 8)];
  const data: Uint8Array[] = [];
  const seen = new Set<string>();
  for (let at = 8; !seen.has("IEND"); ) {
    if (at + 8 > bytes.length) throw cutShort(where, at + 12, bytes.length);
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw cutShort(where, end, bytes.length);
    const type = typeAt(bytes, at + 4);
    if (seen.has(type) && type !== "IDAT" && wanted.has(type)) {
      throw new FileError(`${where} is a broken PNG: it holds more than one ${type} chunk.`);
    }
    if (wanted.has(type)) parts.push(bytes.subarray(at, end));
    if (type === "IDAT") data.push(bytes.subarray(at + 8, end - 4));
    seen.add(type);
    at = end;
  }
  if (header.colourType === PALETTE && !seen.has("PLTE")) {
    throw new FileError(`${where} is a broken PNG: a palette picture without a palette.`);
  }
  checkInflatedSize(concatenate(data), rawBytes(header), where);
  return concatenate(parts);
}

/** Bytes of the decompressed rows, each with one filter byte before it; seven small pictures when interlaced. */
function rawBytes(header: PngHeader): number {
  if (!header.interlaced) return header.height * (1 + rowBytes(header.width, header));
  return passesOf(header).reduce((sum, { width, height }) => sum + height * (1 + rowBytes(width, header)), 0);
}

function checkInflatedSize(data: Uint8Array, expected: number, where: string): void {
  let got = 0;
  const inflate = new Unzlib((chunk) => {
    got += chunk.length;
  });
  try {
    for (let at = 0; at === 0 || (at < data.length && got <= expected); at += INFLATE_SLICE) {
      inflate.push(data.subarray(at, at + INFLATE_SLICE), at + INFLATE_SLICE >= data.length);
    }
  } catch (error) {
    throw new FileError(`${where} is a broken PNG: its data does not decompress (${reason(error)}).`);
  }
  if (got === expected) return;
  const amount = got > expected ? `more than ${expected}` : `${got}`;
  throw new FileError(`${where} is a broken PNG: expected ${expected} bytes of pixels, got ${amount}.`);
}

/** A chunk: `body` is its type and content, over which its checksum is. */
interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
  readonly checksum: number;
}

/** The chunks of a picture that `extractPicture` made. */
export function chunksOf(picture: Uint8Array): Chunk[] {
  const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at < picture.length; at += 12 + view.getUint32(at)) {
    const end = at + 8 + view.getUint32(at);
    chunks.push({
      type: typeAt(picture, at + 4),
      body: picture.subarray(at + 4, end),
      checksum: view.getUint32(end),
    });
  }
  return chunks;
}

/** The decompressed rows of a picture. */
export function inflatedRows(chunks: readonly Chunk[], header: PngHeader): Uint8Array {
  const data = chunks.filter(({ type }) => type === "IDAT").map(({ body }) => body.subarray(4));
  return unzlibSync(concatenate(data), { out: new Uint8Array(rawBytes(header)) });
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
