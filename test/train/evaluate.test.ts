import assert from "node:assert/strict";
import test from "node:test";
import { emptyCells } from "../../lib/cells/cells.js";
import { cutFiveWays } from "../../lib/train/evaluate.js";

/** The share of cells that each of the five cuts takes. */
function taken(size: number): number[] {
  const cells = emptyCells(1, size, size, 4);
  cells.data.fill(1);
  const { data } = cutFiveWays(cells);
  const part = data.length / 5;
  return Array.from({ length: 5 }, (_, cut) => {
    const left = data.subarray(cut * part, (cut + 1) * part).reduce((sum, value) => sum + value, 0);
    return 1 - left / part;
  });
}

test("the hole in the middle is 16 cells wide, and half of a small grid, which so can heal", () => {
  assert.deepEqual(taken(72), [0.5, 0.5, 0.5, 0.5, 256 / 72 ** 2]);
  assert.deepEqual(taken(32)[4], 0.25);
  for (const size of [8, 12, 16]) assert.equal(taken(size)[4], 0.25, `${size}`);
});
