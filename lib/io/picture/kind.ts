// Which format a picture has, told by its first bytes, never by its file's name. Decodes nothing.
// Source: the signatures of https://mimesniff.spec.whatwg.org and of each format's specification.
import { FileError } from "../../cells/errors.js";
import { isSvg } from "./svg-text.js";

/** The formats that are read, and what they are called. */
export const PICTURE_FORMATS = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  gif: "GIF",
  bmp: "BMP",
  avif: "AVIF",
  svg: "SVG",
} as const;
export type PictureFormat = keyof typeof PICTURE_FORMATS;

/** The formats in words, for an error or a help text. */
export const READ_FORMATS = Object.values(PICTURE_FORMATS).join(", ");

const STARTS: [string, PictureFormat][] = [
  ["\x89PNG\r\n\x1a\n", "png"],
  ["\xff\xd8\xff", "jpeg"],
  ["GIF87a", "gif"],
  ["GIF89a", "gif"],
];

/** What people take for a picture, or get in its place: where its mark is, the mark, what it is. */
const OTHERS: [number, readonly string[], string][] = [
  [4, ["hei", "hev", "mif1", "msf1"].map((brand) => `ftyp${brand}`), "a HEIC picture, as phones take them"],
  [4, ["ftyp"], "a video"],
  [0, ["II*\0", "MM\0*", "II+\0", "MM\0+"], "a TIFF picture or a camera's raw file"],
  [0, ["\xff\x0a", "\0\0\0\x0cJXL "], "a JPEG XL picture"],
  [0, ["\xff\x4f\xff\x51", "\0\0\0\x0cjP  "], "a JPEG 2000 picture"],
  [0, ["8BPS"], "a Photoshop file (PSD)"],
  [0, ["%PDF"], "a PDF"],
  [0, ["%!PS", "\xc5\xd0\xd3\xc6"], "a PostScript file (EPS)"],
  [0, ["\0\0\x01\0", "\0\0\x02\0"], "an icon (ICO)"],
  [0, ["\x1f\x8b"], "a gzip file, such as an .svgz, which must be unpacked"],
  [0, ["PK\x03\x04"], "a zip file, which must be unpacked"],
  [0, ["RIFF"], "a sound, a video or another RIFF file"],
  [0, ["version https://git-lfs"], "a Git LFS pointer, not the file itself"],
  [0, ["<!DOCTYPE html", "<!doctype html", "<html"], "a web page, not the picture in it"],
  [0, ["<?xml", "\xef\xbb\xbf<?xml"], "an XML file that is no SVG"],
];
/** Lengths of the headers that a BMP may have: "BM" alone begins many a text. */
const BMP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

/** The bytes as characters of the same numbers. */
const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** The format of a picture, or undefined for anything that is not read. */
export function formatOf(bytes: Uint8Array): PictureFormat | undefined {
  const start = latin(bytes.subarray(0, 32));
  const known = STARTS.find(([prefix]) => start.startsWith(prefix));
  if (known) return known[1];
  if (/^RIFF....WEBP/s.test(start)) return "webp";
  if (start.startsWith("BM") && bytes.length > 17 && BMP_HEADERS.includes(bytes[14] + 256 * bytes[15]))
    return "bmp";
  if (isAvif(bytes)) return "avif";
  return isSvg(bytes) ? "svg" : undefined;
}

/** AVIF says so in its first brand or among those that it is compatible with. */
function isAvif(bytes: Uint8Array): boolean {
  if (latin(bytes.subarray(4, 8)) !== "ftyp") return false;
  const end = new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(0);
  return /^....ftyp(?:....)*?avi[fs]/s.test(latin(bytes.subarray(0, Math.min(end, 256))));
}

/**
 * The format of a picture.
 *
 * @throws FileError for anything that is not read: what it is, and what to do
 */
export function checkedFormat(bytes: Uint8Array, where: string): PictureFormat {
  const format = formatOf(bytes);
  if (format) return format;
  const got = describeStart(bytes);
  throw new FileError(
    `${where} is no picture that can be read: ${got}. Expected ${READ_FORMATS}: convert it to PNG first.`,
  );
}

/** What a file looks like, from its first bytes. */
export function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return "the file is empty";
  const start = latin(bytes.subarray(0, 24));
  const format = formatOf(bytes);
  if (format)
    return `it looks like a${/^[AS]/.test(PICTURE_FORMATS[format]) ? "n" : ""} ${PICTURE_FORMATS[format]} picture`;
  const other = OTHERS.find(([at, marks]) => marks.some((mark) => start.startsWith(mark, at)));
  if (other) return `it looks like ${other[2]}`;
  if (/^[\t\n\r -~]*$/.test(start)) return `it looks like text starting with ${JSON.stringify(start)}`;
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `it starts with the bytes ${hex.join(" ")}`;
}
