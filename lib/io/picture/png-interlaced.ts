// Interlaced PNGs whose samples have fewer than 8 bits, which fast-png does not decode: unfiltered, placed and checked
// here. All of them have one channel: a grey, or the number of a colour.
// Source: "Portable Network Graphics (PNG) Specification (Third Edition)", 8.1, 9 and D, https://www.w3.org/TR/png-3/.
import type { DecodedPng } from "fast-png";
import { FileError } from "../../cells/errors.js";
import { chunksOf, inflatedRows } from "./png-chunks.js";
import { PALETTE, type PngHeader } from "./png-header.js";
import { passesOf, rowBytes } from "./png-passes.js";
import { unpackBits } from "./png-samples.js";

/** What a reader of pixels needs to know of a PNG; `data` holds one sample per byte where they are of fewer bits. */
export type Samples = Pick<DecodedPng, "channels" | "depth" | "palette" | "transparency" | "data">;

/** The samples of a picture that `extractPicture` made. Throws FileError for a wrong checksum or an unknown filter. */
export function decodeInterlaced(picture: Uint8Array, header: PngHeader, where: string): Samples {
  const chunks = chunksOf(picture);
  const wrong = chunks.find(({ body, checksum }) => crc32(body) !== checksum);
  if (wrong) throw new FileError(`${where} is a broken PNG: a ${wrong.type} chunk has a wrong checksum.`);
  const contentOf = (name: string) => chunks.find(({ type }) => type === name)?.body.subarray(4);
  const { channels, depth } = header;
  const data = placed(inflatedRows(chunks, header), header, where);
  const hidden = contentOf("tRNS");
  const samples: Samples = { channels, depth: depth as Samples["depth"], data };
  if (header.colourType === PALETTE) {
    return { ...samples, palette: paletteOf(contentOf("PLTE") ?? new Uint8Array(0), hidden) };
  }
  return hidden ? { ...samples, transparency: Uint16Array.of(256 * hidden[0] + hidden[1]) } : samples;
}

/** Colours as [red, green, blue, alpha], opaque where the picture does not say. */
function paletteOf(colours: Uint8Array, alpha: Uint8Array = new Uint8Array(0)): Samples["palette"] {
  const count = Math.floor(colours.length / 3);
  return Array.from({ length: count }, (_, i) => [...colours.subarray(3 * i, 3 * i + 3), alpha[i] ?? 255]);
}

/** Samples [height, width] from the rows of all passes. */
function placed(rows: Uint8Array, header: PngHeader, where: string): Uint8Array {
  const samples = new Uint8Array(header.width * header.height);
  let from = 0;
  for (const { x, y, dx, dy, width, height } of passesOf(header)) {
    const bytes = rowBytes(width, header);
    const end = from + height * (1 + bytes);
    const pass = unpackBits(unfiltered(rows.subarray(from, end), bytes, where), width, height, header.depth);
    pass.forEach((sample, i) => {
      samples[(y + dy * Math.floor(i / width)) * header.width + x + dx * (i % width)] = sample;
    });
    from = end;
  }
  return samples;
}

/** What a filter predicts a byte to be, from those to its left, above it, and above that. */
const FILTERS: ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [left, up, corner].map((byte) => Math.abs(left + up - corner - byte));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Rows of `bytes` bytes without the filter that each row names in a byte before it. */
function unfiltered(rows: Uint8Array, bytes: number, where: string): Uint8Array {
  const out = new Uint8Array((rows.length / (1 + bytes)) * bytes);
  for (let at = 0; at < out.length; at++) {
    const row = Math.floor(at / bytes);
    const filter = rows[row * (1 + bytes)];
    const predict = FILTERS[filter];
    if (!predict) throw new FileError(`${where} is a broken PNG: a row has the unknown filter ${filter}.`);
    const [left, corner] = at % bytes === 0 ? [0, 0] : [out[at - 1], out[at - 1 - bytes] ?? 0];
    out[at] = rows[at + row + 1] + predict(left, out[at - bytes] ?? 0, corner);
  }
  return out;
}

/** The checksum of a chunk's type and content. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
