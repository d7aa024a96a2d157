import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas, loadImage } from "canvas";
import { cellsOf } from "../../lib/cells/cells.js";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { scale, toRgba } from "../../lib/view/frame.js";
import { channelsPicture, filmstrip, type Picture, picture, pictures } from "../../lib/view/picture.js";
import { discs } from "./fixtures.js";

async function decoded({ bytes, width, height }: Picture): Promise<Uint8ClampedArray> {
  const image = await loadImage(bytes);
  assert.deepEqual([image.width, image.height], [width, height]);
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** Pixels of a row or column that are neither white nor tile frame: captions are the only dark grey ones. */
const isInk = (data: Uint8ClampedArray, pixel: number) => data[pixel * 4] < 150;

test("a picture holds exactly the scaled pixels", async () => {
  const expected = scale(toRgba(discs(5, 2), { sample: 1 }), 3);
  assert.deepEqual(await decoded(picture(discs(5, 2), { sample: 1, scale: 3 })), expected.data);
});

test("a grid has all samples in its columns", async () => {
  const cells = discs(4, 5);
  const sheet = pictures(cells, { columns: 3, scale: 1 });
  const data = await decoded(sheet);
  const pitch = 24 + 2 + 12;
  assert.deepEqual([sheet.width, sheet.height], [3 * pitch + 12, 2 * pitch + 12]);
  for (let sample = 0; sample < 5; sample++) {
    const left = 13 + (sample % 3) * pitch;
    const top = 13 + Math.floor(sample / 3) * pitch;
    const image = toRgba(cells, { sample });
    for (let y = 0; y < 24; y++) {
      const at = ((top + y) * sheet.width + left) * 4;
      assert.deepEqual(data.subarray(at, at + 96), image.data.subarray(y * 96, y * 96 + 96));
    }
  }
});

test("captions are drawn, and a caption wider than its frame is not cut", async () => {
  const empty = cellsOf(new Float32Array(8 * 8 * 4), { height: 8, width: 8 });
  const strip = filmstrip([empty, empty], { labels: ["a very long caption (gjpq)", "step 20"] });
  const data = await decoded(strip);
  const ink = Array.from({ length: strip.width * strip.height }, (_, i) => i).filter((i) => isInk(data, i));
  const xs = ink.map((i) => i % strip.width);
  const ys = ink.map((i) => Math.floor(i / strip.width));
  assert.ok(ink.length > 100, "captions leave ink");
  assert.ok(Math.min(...xs) >= 8 && Math.max(...xs) < strip.width - 8, "with white left and right");
  assert.ok(
    Math.max(...ys) < strip.height - 8 && Math.min(...ys) > 18 + 12,
    "and below, and under the frame",
  );
});

test("channels diverge from white: red above zero, blue below", async () => {
  const cells = cellsOf(new Float32Array(2 * 5), { height: 1, width: 2, channels: 5 });
  cells.data[4] = 0.5;
  cells.data[9] = -0.25;
  const sheet = channelsPicture(cells, { scale: 1, columns: 1 });
  const data = await decoded(sheet);
  const top = 12 + 4 * (3 + 20 + 12) + 1;
  const left = [...Array(sheet.width).keys()].find((x) => data[(top * sheet.width + x) * 4 + 2] < 60);
  const at = (top * sheet.width + (left ?? 0)) * 4;
  assert.deepEqual([...data.subarray(at, at + 3)], [178, 24, 43]);
  assert.deepEqual([...data.subarray(at + 4, at + 7)], [144, 178, 214]);
});

test("the same cells give the same bytes", () => {
  const once = () => [pictures(discs(3, 4), { labels: ["a", "b", "c", "d"] }), channelsPicture(discs(3))];
  assert.deepEqual(once(), once());
});

test("nothing to draw and labels that do not fit are refused", () => {
  assert.throws(() => filmstrip([]), InvalidInputError);
  assert.throws(() => filmstrip([discs(1)], { labels: [] }), /0 labels for 1 pictures/);
  assert.throws(() => pictures(discs(1), { columns: 0 }), InvalidInputError);
});
