import assert from "node:assert/strict";
import test from "node:test";
import { GifReader } from "omggif";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { type Rgba, scale, toRgba } from "../../lib/view/frame.js";
import { type Gif, gif } from "../../lib/view/gif.js";
import { discs } from "./fixtures.js";

function framesOf({ bytes, width, height }: Gif): Uint8Array[] {
  const reader = new GifReader(bytes);
  assert.deepEqual([reader.width, reader.height], [width, height]);
  return Array.from({ length: reader.numFrames() }, (_, frame) => {
    const pixels = new Uint8Array(width * height * 4);
    reader.decodeAndBlitFrameRGBA(frame, pixels);
    return pixels;
  });
}

test("256 colours or fewer come back exactly, enlarged", () => {
  const image: Rgba = { data: new Uint8ClampedArray(15 * 17 * 4).fill(255), width: 15, height: 17 };
  for (let pixel = 0; pixel < 255; pixel++)
    image.data.set([pixel, 255 - pixel, (pixel * 7) % 256], pixel * 4);
  const [frame] = framesOf(gif([image], { scale: 2 }));
  assert.deepEqual(frame, Uint8Array.from(scale(image, 2).data));
});

test("thousands of colours stay close, and white stays white", () => {
  const frames = [2, 4, 6, 8, 10, 12].map((age) => discs(age, 2, 72));
  const colours = new Set<number>();
  const got = framesOf(gif(frames, { scale: 1, sample: 1 }));
  let squares = 0;
  for (const [index, cells] of frames.entries()) {
    const { data } = toRgba(cells, { sample: 1 });
    for (let at = 0; at < data.length; at += 4) {
      colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
      const off = [0, 1, 2].map((c) => Math.abs(data[at + c] - got[index][at + c]));
      const isWhite = data[at] + data[at + 1] + data[at + 2] === 765;
      assert.ok(Math.max(...off) <= (isWhite ? 0 : 30), `pixel ${at / 4} of frame ${index} is off by ${off}`);
      squares += off.reduce((sum, d) => sum + d * d, 0);
    }
  }
  assert.ok(colours.size > 256, `the test needs more colours than a gif has, got ${colours.size}`);
  const rms = Math.sqrt(squares / (frames.length * 72 * 72 * 3));
  assert.ok(rms < 2, `root mean square error ${rms} of 255`);
});

test("a cell that does not change does not flicker", () => {
  const still = discs(9, 1, 72);
  const half = discs(9, 1, 72);
  half.data.fill(0, 0, (72 * 72 * 16) / 2);
  const [first, second, third] = framesOf(gif([still, half, still], { scale: 1 }));
  const lower = (pixels: Uint8Array) => pixels.subarray((72 * 72 * 4) / 2);
  assert.deepEqual(lower(first), lower(second));
  assert.notDeepEqual(first, second);
  assert.deepEqual(first, third);
});

test("it loops for ever, with the delays asked for and one palette", () => {
  const { bytes } = gif([discs(1), discs(2), discs(3)], { delayMs: 40, holdLastMs: 1500 });
  const reader = new GifReader(bytes);
  const infos = [0, 1, 2].map((frame) => reader.frameInfo(frame));
  assert.equal(reader.loopCount(), 0);
  assert.deepEqual(
    infos.map(({ delay }) => delay),
    [4, 4, 150],
  );
  assert.deepEqual(new Set(infos.map((info) => info.palette_offset)).size, 1);
});

test("the same frames give the same bytes", () => {
  const once = () => gif([discs(3, 1, 72), discs(6, 1, 72)]);
  assert.deepEqual(once(), once());
});

test("frames of two sizes, no frame and too short a delay are refused", () => {
  assert.throws(() => gif([]), InvalidInputError);
  assert.throws(() => gif([discs(1), discs(1, 1, 20)]), /24x24 and 20x20/);
  assert.throws(() => gif([discs(1)], { delayMs: 10 }), InvalidInputError);
  assert.throws(() => gif([discs(1)], { scale: 0.5 }), InvalidInputError);
});

test("frames are taken one at a time, and one that is too large before the next is made", () => {
  let made = 0;
  function* frames() {
    for (let age = 0; age < 100; age++) {
      made++;
      yield discs(age);
    }
  }
  assert.throws(() => gif(frames(), { scale: 1000 }), /24000 x 24000 px is too large/);
  assert.equal(made, 1);
});
