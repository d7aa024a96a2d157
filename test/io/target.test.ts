import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { FileError, InvalidInputError } from "../../lib/cells/errors.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { targetFromPixels, targetFromPng } from "../../lib/io/target.js";
import { fingerprintOf, isOpaque } from "../../lib/io/target-facts.js";
import { livingCells } from "../../lib/rule/seeds.js";
import { makePng } from "./make-png.js";

const TARGETS = fileURLToPath(new URL("../../../targets", import.meta.url));

/** One colour, straight RGBA in 8 bits. */
function flat(width: number, height: number, rgba: number[]): Uint8Array {
  const row = [0, ...Array.from({ length: width }, () => rgba).flat()];
  return makePng({
    width,
    height,
    depth: 8,
    colourType: 6,
    rows: Array.from({ length: height }, () => row).flat(),
  });
}

/** Rows and columns of the cells that are not zero: top, bottom, left, right. */
function bounds({ data, width }: { data: Float32Array; width: number }): number[] {
  const cells = Array.from(data.keys())
    .filter((i) => data[i] !== 0)
    .map((i) => i >> 2);
  const rows = cells.map((cell) => Math.floor(cell / width));
  const columns = cells.map((cell) => cell % width);
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

test("every target in targets/ loads: 72 x 72, empty around, full within, premultiplied", async () => {
  const names = readdirSync(TARGETS).filter((name) => name.endsWith(".png"));
  assert(names.length >= 8);
  for (const name of names) {
    const target = await loadTarget(`${TARGETS}/${name}`);
    assert.deepEqual([target.height, target.width, target.data.length], [72, 72, 72 * 72 * 4]);
    const [top, bottom, left, right] = bounds(target);
    assert(top >= 16 && left >= 16 && bottom < 56 && right < 56, name);
    assert(bottom - top > 20 && right - left > 20, name);
    assert(target.data.every((value, i) => value >= 0 && value <= target.data[i | 3] && value <= 1));
  }
});

test("the lizard target keeps its bits, on every machine", async () => {
  const { data } = await loadTarget(`${TARGETS}/lizard.png`);
  const hash = createHash("sha256").update(data).digest("hex");
  assert.equal(hash, "5fba63b794581e7375d12ffd6a0cd3ce57dbb667abb3d9f3586b683a3518eb13");
});

test("a picture that is not square keeps its proportions, in the centre", () => {
  const wide = targetFromPng(flat(20, 10, [255, 0, 0, 255]), { size: 8, padding: 3 });
  assert.deepEqual([wide.height, wide.width], [14, 14]);
  assert.deepEqual(bounds(wide), [5, 8, 3, 10]);
  const tall = targetFromPng(flat(10, 20, [255, 0, 0, 255]), { size: 7, padding: 0 });
  assert.deepEqual(bounds(tall), [0, 6, 1, 4]); // 4 columns in 7: the odd one is left over at the right
  const line = targetFromPng(flat(200, 1, [255, 0, 0, 255]), { size: 5, padding: 1 });
  assert.deepEqual(bounds(line), [3, 3, 1, 5]);
});

test("RGB is multiplied by alpha unless told otherwise", () => {
  const png = flat(4, 4, [255, 0, 51, 51]);
  const pixel = (premultiplied?: boolean) =>
    Array.from(targetFromPng(png, { size: 2, padding: 0, premultiplied }).data.subarray(0, 4));
  const close = (got: number[], expected: number[]) =>
    got.every((value, c) => Math.abs(value - expected[c]) < 1e-6);
  assert(close(pixel(), [0.2, 0, 0.04, 0.2]));
  assert(close(pixel(false), [1, 0, 0.2, 0.2]));
});

test("colours hidden under transparent pixels do not leak in", () => {
  const row = [0, 255, 0, 0, 255, 0, 255, 0, 0]; // opaque red beside invisible green
  const png = makePng({ width: 2, height: 1, depth: 8, colourType: 6, rows: row });
  for (const premultiplied of [true, false]) {
    const { data } = targetFromPng(png, { size: 1, padding: 0, premultiplied });
    assert(data[0] > 0.4 && data[1] === 0);
  }
});

test("options out of range say what is expected, before any file is read", async () => {
  for (const size of [0, -1, 2.5, Number.NaN, 1e9, Number.POSITIVE_INFINITY]) {
    await assert.rejects(loadTarget("no-such-file.png", { size }), InvalidInputError);
  }
  await assert.rejects(loadTarget("no-such-file.png", { padding: -1 }), {
    message: "The target's padding is -1; expected an integer from 0 to 1024.",
  });
});

test("a picture in which nothing shows is refused", () => {
  assert.throws(() => targetFromPng(flat(3, 3, [255, 255, 255, 0]), {}, "ghost.png"), {
    name: "FileError",
    message: "ghost.png is entirely transparent: there is nothing to grow.",
  });
});

test("a picture in which no cell can live is refused, with its highest alpha", () => {
  assert.throws(() => targetFromPng(flat(3, 3, [255, 0, 0, 25]), {}, "faint.png"), {
    name: "FileError",
    message:
      "faint.png is too faint to live: its highest alpha at 40 cells a side is 0.098, and a cell lives above 0.1. " +
      "Make it more opaque, or its lines thicker.",
  });
  assert.equal(livingCells(targetFromPng(flat(3, 3, [255, 0, 0, 26]), { size: 4, padding: 1 })), 16);
});

test("pixels of another number than their size says are refused", () => {
  const data = new Uint8ClampedArray(15).fill(255);
  assert.throws(() => targetFromPixels({ data, width: 2, height: 2 }), {
    name: "InvalidInputError",
    message: "The picture holds 15 numbers; 2 x 2 px of RGBA need 16.",
  });
  assert.throws(() => targetFromPixels({ data, width: 0, height: 2 }), /empty picture: 0 x 2 px/);
  assert.throws(() => targetFromPixels({ data, width: 16_385, height: 2 }), /too large: 16385 x 2 px/);
});

test("facts of a target: how much lives, whether it is opaque, a fingerprint", () => {
  const opaque = targetFromPng(flat(20, 10, [255, 0, 0, 255]), { size: 8, padding: 3 });
  const clear = targetFromPng(flat(20, 10, [255, 0, 0, 250]), { size: 8, padding: 3 });
  assert.deepEqual([livingCells(opaque), isOpaque(opaque)], [32, true]);
  assert.deepEqual([livingCells(clear), isOpaque(clear)], [32, false]);
  const holed = { ...opaque, data: opaque.data.slice() };
  holed.data.fill(0, 4 * (6 * 14 + 5), 4 * (6 * 14 + 6)); // a cell within the picture
  assert.deepEqual([livingCells(holed), isOpaque(holed)], [31, false]);
  assert.equal(
    fingerprintOf(opaque),
    fingerprintOf(targetFromPng(flat(20, 10, [255, 0, 0, 255]), { size: 8, padding: 3 })),
  );
  assert.equal(new Set([opaque, clear, holed].map(fingerprintOf)).size, 3);
  assert.match(fingerprintOf(opaque), /^[0-9a-f]{8}$/);
});

test("an error names the file", async () => {
  await assert.rejects(loadTarget("targets/none.png"), (error: Error) => {
    assert(error instanceof FileError);
    assert.match(error.message, /^Cannot read targets\/none\.png: there is no file \//);
    return true;
  });
  await assert.rejects(
    loadTarget(`${TARGETS}/README.md`),
    /README\.md is no picture that can be read: it looks like text/,
  );
});
