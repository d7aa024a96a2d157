import assert from "node:assert/strict";
import test from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { checkedPicture } from "../../lib/io/picture/decode.js";
import { promisedSize } from "../../lib/io/picture/size.js";
import { HEIGHT, pictures, WIDTH } from "./make-pictures.js";

const all = pictures();
const RASTERS = ["jpeg", "webp", "gif", "bmp", "avif"] as const;

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => checkedPicture(bytes, 8, "a"),
    (error: Error) => {
      assert(error instanceof FileError, `${error}`);
      assert.match(error.message, message);
      assert.match(error.message, /^a is [^\n]+\.$/);
      return true;
    },
  );
}

for (const format of RASTERS) {
  test(`${format}: its header says the size, and a file that is cut short anywhere is refused`, () => {
    const bytes = all[format];
    assert.equal(checkedPicture(bytes, 8, "a").format, format);
    assert.deepEqual(promisedSize(format, bytes, "a"), { width: WIDTH, height: HEIGHT });
    const trailer = format === "gif" ? 1 : 0; // which says only that no frame follows
    for (let length = 18; length < bytes.length - trailer; length++)
      refuses(bytes.subarray(0, length), /cut short|broken|no picture/);
  });
}

/** The bytes with others from `at` on. */
function changed(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

test("a huge picture is refused by its header", () => {
  const { jpeg, gif, bmp, webp, avif } = all;
  const indexOf = (bytes: Uint8Array, text: string) => Buffer.from(bytes).indexOf(text, 0, "latin1");
  refuses(
    changed(jpeg, indexOf(jpeg, "\xff\xc0") + 5, 0xff, 0xff, 0xff, 0xff),
    /too large: 65535 x 65535 px/,
  );
  refuses(changed(gif, 6, 0xff, 0xff), /too large: 65535 x 8 px/);
  refuses(changed(bmp, 18, 0, 0, 0, 0x40), /too large: 1073741824 x 8 px/);
  refuses(changed(avif, indexOf(avif, "ispe") + 8, 0x7f), /too large/);
  if (indexOf(webp, "VP8X") === 12)
    refuses(changed(webp, 24, 0xff, 0xff, 0xff), /too large: 16777216 x 8 px/);
  else assert.fail("canvas writes another kind of WebP");
  refuses(changed(bmp, 18, 0, 0, 0, 0), /empty picture: 0 x 8 px/);
});

test("the other kinds of WebP", () => {
  const riff = (chunk: string, ...content: number[]) => {
    const body = Buffer.concat([Buffer.from(`WEBP${chunk}`), Buffer.from([0, 0, 0, 0, ...content])]);
    const head = Buffer.from("RIFF....");
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body]);
  };
  const sizeOf = (bytes: Uint8Array) => promisedSize("webp", bytes, "a");
  assert.deepEqual(sizeOf(riff("VP8 ", 0, 0, 0, 0x9d, 1, 0x2a, 64, 0, 32, 0)), { width: 64, height: 32 });
  assert.deepEqual(sizeOf(riff("VP8L", 0x2f, 63, 0xc0, 7, 0)), { width: 64, height: 32 });
  refuses(riff("ANIM", ...new Array<number>(20).fill(0)), /broken WebP picture: its first chunk is "ANIM"/);
});

const OTHERS: [string, RegExp][] = [
  ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", /looks like a HEIC picture.* convert it to PNG/],
  ["\0\0\0\x18ftypmif1\0\0\0\0mif1heic", /HEIC/],
  ["\0\0\0\x18ftypisom\0\0\0\0isommp42", /a video/],
  ["II*\0\x08\0\0\0", /TIFF/],
  ["MM\0*\0\0\0\x08", /TIFF/],
  ["\xff\x0a\0\0", /JPEG XL/],
  ["\0\0\0\x0cJXL \r\n\x87\n", /JPEG XL/],
  ["\0\0\0\x0cjP  \r\n\x87\n", /JPEG 2000/],
  ["8BPS\0\x01", /Photoshop/],
  ["%PDF-1.7", /a PDF/],
  ["%!PS-Adobe-3.0 EPSF-3.0", /PostScript/],
  ["\0\0\x01\0\x01\0", /icon/],
  ["\x1f\x8b\x08\0", /gzip/],
  ["<!DOCTYPE html><html>", /a web page/],
  ['<?xml version="1.0"?><plist/>', /XML file that is no SVG/],
  ["RIFF\0\0\0\0WAVE", /a sound/],
  ["BMW is a text", /text starting with "BMW/],
  ["", /the file is empty/],
];
for (const [start, message] of OTHERS) {
  test(`refuses by its name what begins with ${JSON.stringify(start)}`, () => {
    refuses(Buffer.from(start, "latin1"), message);
    refuses(Buffer.from(start, "latin1"), /Expected PNG, JPEG, WebP, GIF, BMP, AVIF, SVG/);
  });
}
