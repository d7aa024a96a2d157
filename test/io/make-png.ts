// Builds PNG files by hand, so that the reader is tested against the specification and not against its own library.
import { deflateSync } from "node:zlib";

export interface PngParts {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  /** Decompressed rows, each starting with its filter byte. */
  rows: number[];
  interlace?: number;
  /** Chunks between the header and the data. */
  extra?: [string, number[]][];
  /** The compressed data, when it is not simply `rows` compressed. */
  data?: Uint8Array;
}

export function makePng({
  width,
  height,
  depth,
  colourType,
  rows,
  interlace = 0,
  extra = [],
  data,
}: PngParts) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return Buffer.concat([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    ...extra.map(([type, bytes]) => chunk(type, Uint8Array.from(bytes))),
    chunk("IDAT", data ?? deflateSync(Uint8Array.from(rows))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

export function chunk(type: string, bytes: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), bytes]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(bytes.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
