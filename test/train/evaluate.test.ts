import assert from "node:assert/strict";
import test from "node:test";
import { emptyCells } from "../../lib/cells/cells.js";
import { createRule } from "../../lib/rule/rule.js";
import { cutFiveWays } from "../../lib/train/evaluate.js";
import { livesOf } from "../../lib/train/lives.js";
import { survivalOf } from "../../lib/train/survival.js";

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

/** A new rule changes nothing: its pattern is the seed, which is this picture but for what can hardly be seen. */
const still = createRule({ hidden: 8 });
const SIZE = 12;
const CENTRE = SIZE / 2;

function seedPicture() {
  const target = emptyCells(1, SIZE, SIZE, 4);
  for (let i = 0; i < SIZE * SIZE; i++) target.data[4 * i + 3] = 1e-4;
  target.data[4 * (CENTRE * SIZE + CENTRE) + 3] = 1;
  return target;
}

test("a hole is survived where it leaves the one cell that there is, and by no pattern that cannot heal elsewhere", async () => {
  const radii = [2, 4, 6];
  const places = await survivalOf(still, seedPicture(), { radii, every: 1 });
  assert.equal(places.length, SIZE * SIZE);
  for (const { x, y, radius } of places) {
    const distance = Math.hypot(x - CENTRE, y - CENTRE);
    assert.equal(radius, radii.filter((one) => one <= distance).at(-1) ?? 0, `${x}, ${y}`);
  }
});

test("a pattern that cannot heal is lost to the first wound that hits it, and stays lost", async () => {
  const lives = await livesOf(still, seedPicture(), { lives: 200 });
  const shares = Object.values(lives).map(({ recovered, cases }) => [recovered, cases]);
  assert.deepEqual(shares, [shares[0], shares[0], shares[0]]);
  assert.ok(shares[0][0] < 0.1, `ten wounds of these sizes miss a cell hardly ever: ${shares[0][0]}`);
  assert.deepEqual(
    await livesOf(still, seedPicture(), { lives: 200 }),
    lives,
    "the same seed, the same wounds",
  );
});
