import assert from "node:assert/strict";
import test from "node:test";
import { type Cells, cellsOf } from "../../lib/cells/cells.js";
import { premultiply, resample, unpremultiply } from "../../lib/io/picture/resample.js";

function picture(height: number, width: number, pixel: (y: number, x: number) => number[]): Cells {
  const data = Array.from({ length: height * width }, (_, i) =>
    pixel(Math.floor(i / width), i % width),
  ).flat();
  return cellsOf(Float32Array.from(data), { height, width });
}

/** Hard edges everywhere: where Lanczos overshoots most. */
const checkers = picture(37, 53, (y, x) => {
  const alpha = (x * 7 + y * 3) % 5 < 2 ? 1 : 0;
  return [alpha * (x & 1), alpha * (y & 1), alpha, alpha];
});
const SIZES = [
  [1, 1],
  [5, 9],
  [36, 53],
  [37, 54],
  [100, 120],
];

test("a constant picture stays constant, at any size", () => {
  const colour = [0.125, 0.3, 0.7, 0.8];
  for (const [height, width] of SIZES) {
    const out = resample(
      picture(23, 31, () => colour),
      height,
      width,
    );
    assert.equal(out.data.length, height * width * 4);
    assert(out.data.every((value, i) => value === Math.fround(colour[i % 4])));
  }
});

test("an opaque picture stays opaque", () => {
  const opaque = picture(37, 53, (y, x) => [x & 1, y & 1, (x + y) & 1, 1]);
  for (const [height, width] of SIZES) {
    const { data } = resample(opaque, height, width);
    for (let i = 3; i < data.length; i += 4) assert.equal(data[i], 1);
  }
});

test("0 <= rgb <= alpha <= 1 even where Lanczos overshoots, which it does here", () => {
  let clamped = 0;
  for (const [height, width] of SIZES) {
    const { data } = resample(checkers, height, width);
    assert(data.every((value, i) => value >= 0 && value <= data[i | 3] && data[i | 3] <= 1));
    for (let i = 3; i < data.length; i += 4) clamped += data[i] === 0 || data[i] === 1 ? 1 : 0;
  }
  assert(clamped > 0);
});

test("the same size changes nothing", () => {
  assert.deepEqual(resample(checkers, 37, 53), checkers);
});

test("follows the Lanczos-3 formula", () => {
  const lanczos = (x: number) => {
    const sinc = (t: number) => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t));
    return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
  };
  for (const to of [7, 19, 64]) {
    const values = Array.from({ length: 24 }, (_, i) => 0.5 + 0.3 * Math.sin(i / 3));
    const { data } = resample(
      picture(1, 24, (_, x) => [0, 0, 0, values[x]]),
      1,
      to,
    );
    for (let x = 0; x < to; x++) {
      const stretch = Math.max(1, 24 / to);
      const weights = values.map((_, i) => lanczos((i + 0.5 - ((x + 0.5) * 24) / to) / stretch));
      const sum = weights.reduce((a, b) => a + b);
      const expected = values.reduce((total, value, i) => total + (value * weights[i]) / sum, 0);
      assert(
        Math.abs(data[4 * x + 3] - expected) < 1e-6,
        `${to} at ${x}: ${data[4 * x + 3]} is not ${expected}`,
      );
    }
  }
});

test("rows and columns are treated alike", () => {
  const turn = (from: Cells) =>
    picture(from.width, from.height, (y, x) =>
      Array.from(from.data.subarray(4 * (x * from.width + y)).subarray(0, 4)),
    );
  const across = resample(checkers, 11, 17);
  const down = turn(resample(turn(checkers), 17, 11));
  assert(across.data.every((value, i) => Math.abs(value - down.data[i]) < 1e-6));
});

test("every source pixel counts when shrinking", () => {
  for (let at = 0; at < 64; at++) {
    const { data } = resample(
      picture(1, 64, (_, x) => [0, 0, 0, x === at ? 1 : 0.5]),
      1,
      4,
    );
    assert(
      data.some((value, i) => i % 4 === 3 && value !== 0.5),
      `pixel ${at}`,
    );
  }
});

test("unpremultiply undoes premultiply, and is black where nothing shows", () => {
  const straight = picture(
    1,
    3,
    (_, x) =>
      [
        [1, 0.5, 0.25, 0.5],
        [0.2, 0.4, 0.6, 1],
        [0.9, 0.9, 0.9, 0],
      ][x],
  );
  assert.deepEqual(
    Array.from(premultiply({ ...straight, premultiplied: false }).data.subarray(0, 4)),
    [0.5, 0.25, 0.125, 0.5],
  );
  const back = unpremultiply(premultiply({ ...straight, premultiplied: false })).data;
  assert.deepEqual(back.subarray(0, 8), straight.data.subarray(0, 8));
  assert.deepEqual(Array.from(back.subarray(8)), [0, 0, 0, 0]);
});
