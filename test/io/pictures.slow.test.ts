// Every format of picture, decoded in a process of its own.

import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas } from "canvas";
import { type Cells, cellsOf } from "../../lib/cells/cells.js";
import { FileError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { targetFromPicture } from "../../lib/io/load-target.js";
import { decodePicture } from "../../lib/io/picture/decode.js";
import { targetFromPixels, targetFromPng } from "../../lib/io/target.js";
import { gif } from "../../lib/view/gif.js";
import { mutated } from "../fuzz/mutate.js";
import { exif, makeJpeg } from "./make-jpeg.js";
import { HEIGHT, pictures, WIDTH } from "./make-pictures.js";

const all = pictures();
const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 255];

/** RGBA in 8 bits at (x, y), as shares of the picture's size. */
function at({ data, width, height }: Cells, x: number, y: number): number[] {
  const pixel = 4 * (Math.floor(y * height) * width + Math.floor(x * width));
  return Array.from(data.subarray(pixel, pixel + 4), (value) => Math.round(255 * value));
}

function close(got: number[], expected: number[], tolerance = 3): void {
  const worst = Math.max(...got.map((value, c) => Math.abs(value - expected[c])));
  assert(worst <= tolerance, `got ${got}, expected ${expected}`);
}

for (const [format, bytes] of Object.entries(all)) {
  test(`reads ${format} as the same picture`, async () => {
    const picture = await decodePicture(bytes, 128, `a.${format}`);
    const [width, height] = format === "svg" ? [128, 64] : [WIDTH, HEIGHT];
    assert.deepEqual([picture.width, picture.height, picture.premultiplied], [width, height, false]);
    close(at(picture, 0.2, 0.5), RED);
    close(at(picture, 0.8, 0.5), BLUE);
  });
}

for (const [orientation, across, turned] of [
  [1, RED, false],
  [2, BLUE, false],
  [3, BLUE, false],
  [4, RED, false],
  [5, RED, true],
  [6, RED, true],
  [7, BLUE, true],
  [8, BLUE, true],
] as const) {
  test(`turns a JPEG by its EXIF orientation ${orientation}`, async () => {
    const jpeg = makeJpeg([RED.slice(0, 3), BLUE.slice(0, 3)], [exif(orientation, orientation % 2 === 0)]);
    const picture = await decodePicture(jpeg, 1, "a.jpg");
    assert.deepEqual([picture.width, picture.height], turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT]);
    close(turned ? at(picture, 0.5, 0.2) : at(picture, 0.2, 0.5), [...across]);
  });
}

test("reads CMYK and grey JPEGs", async () => {
  const inks = makeJpeg([
    [255, 0, 0, 255],
    [0, 0, 255, 255],
  ]);
  const picture = await decodePicture(inks, 1, "a.jpg");
  close(at(picture, 0.2, 0.5), RED);
  close(at(picture, 0.8, 0.5), [0, 0, 255, 255]);
  close(at(await decodePicture(makeJpeg([[51]]), 1, "a.jpg"), 0.5, 0.5), [51, 51, 51, 255]);
});

test("takes the first frame of a GIF that moves", async () => {
  const frame = (red: number) => cellsOf(Float32Array.of(red, 0, 1 - red, 1), { height: 1, width: 1 });
  const { bytes } = gif([frame(1), frame(0)], { scale: 8 });
  const picture = await decodePicture(bytes, 1, "a.gif");
  close(at(picture, 0.5, 0.5), RED, 9);
});

test("keeps holes", async () => {
  const canvas = createCanvas(8, 8);
  canvas.getContext("2d").fillRect(0, 0, 4, 8);
  for (const type of ["image/gif", "image/webp", "image/avif"] as const) {
    const bytes = type === "image/webp" ? canvas.toBuffer(type) : canvas.toBuffer(type as "image/gif");
    const picture = await decodePicture(bytes, 1, "a");
    assert.deepEqual([at(picture, 0.2, 0.5)[3], at(picture, 0.8, 0.5)[3]], [255, 0], type);
  }
});

test("a target is the same from PNG, from pixels, and from another format without loss", async () => {
  const options = { size: 8, padding: 2 };
  const png = targetFromPng(all.png, options);
  const canvas = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) canvas.set(i % WIDTH < WIDTH / 2 ? RED : BLUE, 4 * i);
  assert.deepEqual(targetFromPixels({ data: canvas, width: WIDTH, height: HEIGHT }, options), png);
  for (const format of ["gif", "bmp", "png"])
    assert.deepEqual(await targetFromPicture(all[format], options), png, format);
});

test("broken pixels are refused or read, and nothing else happens", async () => {
  const random = new Random(5);
  for (const [format, bytes] of Object.entries(all)) {
    for (let i = 0; i < 4; i++) {
      const broken = mutated(bytes, bytes, random);
      try {
        const { data, width, height } = await decodePicture(broken, 64, "a");
        assert.equal(data.length, 4 * width * height);
      } catch (error) {
        assert(error instanceof FileError, `${format}: ${error}`);
        assert.match(error.message, /^a [^\n]+\.$/);
      }
    }
  }
});
