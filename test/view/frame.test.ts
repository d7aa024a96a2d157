import assert from "node:assert/strict";
import test from "node:test";
import { cellsOf } from "../../lib/cells/cells.js";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { BROKEN, scale, toRgba } from "../../lib/view/frame.js";

/** Cells side by side, premultiplied, [1, 1, N, 4]. */
const cell = (...state: number[]) =>
  cellsOf(Float32Array.from(state), { height: 1, width: state.length / 4 });
const rgb = (image: { data: Uint8ClampedArray }) => [...image.data.subarray(0, 3)];

test("an empty cell is the background, a full cell its own colour", () => {
  assert.deepEqual(rgb(toRgba(cell(0, 0, 0, 0))), [255, 255, 255]);
  assert.deepEqual(rgb(toRgba(cell(0, 0, 0, 0), { background: [10, 20, 30] })), [10, 20, 30]);
  assert.deepEqual(rgb(toRgba(cell(0.2, 0.4, 0.6, 1))), [51, 102, 153]);
});

test("half transparent: premultiplied adds the rest of the background, straight mixes", () => {
  assert.deepEqual(rgb(toRgba(cell(0.5, 0, 0, 0.5), { background: [0, 0, 200] })), [128, 0, 100]);
  assert.deepEqual(
    rgb(toRgba({ ...cell(1, 0, 0, 0.5), premultiplied: false }, { background: [0, 0, 200] })),
    [128, 0, 100],
  );
});

test("states out of range are clamped", () => {
  assert.deepEqual(rgb(toRgba(cell(3, -2, 0.2, 1))), [255, 0, 51]);
  assert.deepEqual(rgb(toRgba(cell(0, 0, 0, 7))), [0, 0, 0]);
  assert.deepEqual(rgb(toRgba(cell(0, 0, 0, -7))), [255, 255, 255]);
});

test("states that are not finite are seen, in any of the four channels", () => {
  for (let channel = 0; channel < 4; channel++) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const state = [0, 0, 0, 0];
      state[channel] = value;
      assert.deepEqual(rgb(toRgba(cell(...state))), [...BROKEN]);
    }
  }
});

test("a sample of a batch is picked, one outside it refused", () => {
  const batch = { ...cell(0, 0, 0, 1, 1, 0, 0, 1), width: 1, count: 2 };
  assert.deepEqual(rgb(toRgba(batch, { sample: 1 })), [255, 0, 0]);
  for (const sample of [-1, 2, 0.5]) assert.throws(() => toRgba(batch, { sample }), InvalidInputError);
  assert.throws(() => toRgba({ ...batch, count: 3 }), InvalidInputError);
  assert.throws(() => toRgba({ ...batch, channels: 2, count: 4 }), /2 channels; a picture needs 4/);
});

test("scaling repeats pixels and invents none", () => {
  const image = toRgba(cell(0, 0, 0, 1, 1, 0, 0, 1));
  const { data, width, height } = scale(image, 3);
  assert.deepEqual([width, height], [6, 3]);
  for (let pixel = 0; pixel < 18; pixel++) {
    const source = pixel % 6 < 3 ? 0 : 4;
    assert.deepEqual(data.subarray(pixel * 4, pixel * 4 + 4), image.data.subarray(source, source + 4));
  }
  for (const factor of [0, 1.5, Number.NaN]) assert.throws(() => scale(image, factor), InvalidInputError);
});
