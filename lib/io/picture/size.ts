// The size that the header of a picture promises, and whether all of the file is there: a decoder would quietly draw
// what it has. Refuses a picture that is too large before anything is decoded.
// Source: ITU T.81 (JPEG), RFC 9649 (WebP), GIF89a, the BITMAPINFOHEADER of Windows, ISO/IEC 23008-12 (AVIF).
import type { FileError } from "../../cells/errors.js";
import { brokenPicture, cutShort } from "../file-errors.js";
import { PICTURE_FORMATS, type PictureFormat } from "./kind.js";
import { checkSize, MAX_PICTURE_SIDE, type Size } from "./sides.js";

/** Big- and little-endian numbers of a file, which throw where it ends before them. */
class Fields {
  readonly view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    readonly where: string,
    readonly format: PictureFormat,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws FileError unless the file has this many bytes. */
  reach(end: number): void {
    if (end > this.bytes.length) throw cutShort(this.where, end, this.bytes.length);
  }

  u8(at: number): number {
    this.reach(at + 1);
    return this.bytes[at];
  }

  u16(at: number, little = true): number {
    this.reach(at + 2);
    return this.view.getUint16(at, little);
  }

  u24(at: number): number {
    return this.u16(at) + 65_536 * this.u8(at + 2);
  }

  u32(at: number, little = true): number {
    this.reach(at + 4);
    return this.view.getUint32(at, little);
  }

  text(at: number): string {
    this.reach(at + 4);
    return String.fromCharCode(...this.bytes.subarray(at, at + 4));
  }

  /** Throws FileError unless a marker of JPEG comes somewhere from `at` on. */
  endsWith(marker: number, from: number): void {
    let at = from;
    do at = 1 + this.bytes.indexOf(0xff, at);
    while (at > 0 && this.bytes[at] !== marker);
    if (at === 0) throw cutShort(this.where, this.bytes.length + 2, this.bytes.length);
  }

  broken(why: string): FileError {
    return brokenPicture(this.where, PICTURE_FORMATS[this.format], why);
  }
}

/** Markers of JPEG: without a length, of tables that look like frames, and those with a meaning here. */
const JPEG = { alone: /^(01|d[0-8])$/, frame: /^c(?![48c])/, end: 0xd9, scan: 0xda };

function jpegSize(file: Fields): Size {
  let size: Size | undefined;
  for (let at = 2; ; ) {
    if (file.u8(at) !== 0xff) throw file.broken(`byte ${at} is ${file.u8(at)}, expected a marker`);
    while (file.u8(at) === 0xff) at++;
    const marker = file.u8(at++);
    const name = marker.toString(16).padStart(2, "0");
    if (JPEG.alone.test(name)) continue;
    if (marker === JPEG.end) throw file.broken("it ends before its pixels");
    const length = file.u16(at, false);
    if (JPEG.frame.test(name)) size = { height: file.u16(at + 3, false), width: file.u16(at + 5, false) };
    at += length;
    file.reach(at);
    if (marker !== JPEG.scan) continue;
    if (!size) throw file.broken("it has no frame before its pixels");
    file.endsWith(JPEG.end, at);
    return size;
  }
}

function webpSize(file: Fields): Size {
  file.reach(8 + file.u32(4));
  const chunk = file.text(12);
  if (chunk === "VP8X") return { width: 1 + file.u24(24), height: 1 + file.u24(27) };
  if (chunk === "VP8 ") return { width: file.u16(26) & 0x3fff, height: file.u16(28) & 0x3fff };
  const bits = file.u32(21);
  if (chunk === "VP8L") return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  throw file.broken(`its first chunk is ${JSON.stringify(chunk)}`);
}

/** Bytes of the table of colours that a GIF's flags announce. */
const gifColours = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

function gifSize(file: Fields): Size {
  const pastBlocks = (from: number) => {
    let at = from;
    while (file.u8(at) !== 0) at += 1 + file.u8(at);
    return at + 1;
  };
  let at = 13 + gifColours(file.u8(10));
  while (file.u8(at) === 0x21) at = pastBlocks(at + 2);
  if (file.u8(at) !== 0x2c) throw file.broken("it has no frame");
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => file.u16(at + field));
  pastBlocks(at + 11 + gifColours(file.u8(at + 9))); // the first frame is there in full
  return { width: Math.max(file.u16(6), left + width), height: Math.max(file.u16(8), top + height) };
}

function bmpSize(file: Fields): Size {
  const old = file.u32(14) === 12;
  const width = old ? file.u16(18) : Math.abs(file.u32(18) | 0);
  const height = old ? file.u16(20) : Math.abs(file.u32(22) | 0);
  const bits = file.u16(old ? 24 : 28);
  const packed = !old && ![0, 3, 6].includes(file.u32(30)); // run lengths: the size of the data is not known
  if (!packed && Math.max(width, height) <= MAX_PICTURE_SIDE)
    file.reach(file.u32(10) + Math.ceil((width * bits) / 32) * 4 * height);
  return { width, height };
}

/** The boxes between two places: their type, where their content begins and where it ends. */
function* boxes(file: Fields, from: number, end: number): Generator<[string, number, number]> {
  for (let at = from; at < end; ) {
    const length = file.u32(at, false);
    const wide = length === 1;
    const size = wide ? file.u32(at + 8, false) * 2 ** 32 + file.u32(at + 12, false) : length || end - at;
    const content = at + (wide ? 16 : 8);
    if (at + size < content) throw file.broken(`a box is ${size} bytes long`);
    file.reach(at + size);
    yield [file.text(at + 4), content, at + size];
    at += size;
  }
}

function avifSize(file: Fields): Size {
  const size = { width: 0, height: 0 };
  const within = (from: number, end: number, [name, ...path]: string[]) => {
    for (const [type, content, last] of boxes(file, from, end)) {
      if (type !== name) continue;
      if (path.length > 0) within(content + (type === "meta" ? 4 : 0), last, path);
      else {
        size.width = Math.max(size.width, file.u32(content + 4, false));
        size.height = Math.max(size.height, file.u32(content + 8, false));
      }
    }
  };
  within(0, file.bytes.length, ["meta", "iprp", "ipco", "ispe"]);
  if (size.width === 0) throw file.broken("it does not say how large it is");
  const types = Array.from(boxes(file, 0, file.bytes.length), ([type]) => type);
  if (!types.includes("mdat")) throw file.broken("it ends before its pixels");
  return size;
}

const SIZES = { jpeg: jpegSize, webp: webpSize, gif: gifSize, bmp: bmpSize, avif: avifSize };

/**
 * The size that a picture promises, in px, before its orientation turns it.
 *
 * @throws FileError for one that is cut short, broken, empty, or larger than `MAX_PICTURE_SIDE`
 */
export function promisedSize(format: keyof typeof SIZES, bytes: Uint8Array, where: string): Size {
  const size = SIZES[format](new Fields(bytes, where, format));
  checkSize(size, where);
  return size;
}
