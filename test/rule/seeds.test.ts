// Where patterns start: in the picture, wherever its centre is; once in each body.
import assert from "node:assert/strict";
import test from "node:test";
import { CENTRE, cellsOf, seedCells, type Target } from "../../lib/cells/cells.js";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { decodeRule, encodeRule } from "../../lib/io/checkpoint.js";
import { createRule } from "../../lib/rule/rule.js";
import { livingCells, seedFor, seedsOf } from "../../lib/rule/seeds.js";
import { growth } from "../../lib/train/growth.js";
import { Trainer } from "../../lib/train/trainer.js";

/** A picture of alpha alone: 1 where the drawing has an x, 0.05 where it has a dot. */
function drawn(...rows: string[]): Target {
  const alpha = [...rows.join("")].map((letter) => ({ x: 1, ".": 0.05 })[letter] ?? 0);
  const data = Float32Array.from(alpha.flatMap((value) => [0, 0, 0, value]));
  return cellsOf(data, { height: rows.length, width: rows[0].length });
}

const RING = drawn(
  "         ",
  " xxxxxxx ",
  " x     x ",
  " x     x ",
  " x     x ",
  " x     x ",
  " x     x ",
  " xxxxxxx ",
  "         ",
);

test("a living centre stays the seed", () => {
  assert.deepEqual(seedsOf(drawn("xxx", "xxx", "xxx")), CENTRE);
  assert.deepEqual(seedsOf(drawn("    ", " xx ", " xx ", "    ")), CENTRE);
});

test("in a picture with an empty centre the nearest living cell is the seed, ties by row, then column", () => {
  assert.deepEqual(seedsOf(RING), [{ dx: 0, dy: -3 }]);
  assert.deepEqual(seedsOf(drawn("     ", "    x", "  .  ", "     ", "  x  ")), [{ dx: 0, dy: 2 }]);
});

test("every body that is too far to be reached has a seed of its own, in its middle", () => {
  const near = drawn("xxx  xxx");
  assert.equal(seedsOf(near).length, 1);
  const far = drawn("xxx        xxx", "xxx        xxx", "xxx        xxx");
  assert.deepEqual(seedsOf(far), [
    { dx: 4, dy: 0 },
    { dx: -6, dy: 0 },
  ]);
});

test("seeds of several bodies can be told apart, and keep their places on a larger grid", () => {
  const seeds = seedsOf(drawn("x      x", "x      x"));
  const cells = seedCells(2, 20, 30, 8, { seeds });
  const places = seeds.map(({ dx, dy }) => (10 + dy) * 30 + 15 + dx);
  const [first, second] = places.map((place) => [...cells.data.subarray(place * 8, place * 8 + 8)]);
  assert.deepEqual(first, [0, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual(second, [0, 0, 0, 1, -1, 1, 1, 1]);
  assert.equal(cells.data.filter((value) => value !== 0).length, 2 * 2 * 5);
  assert.deepEqual(cells.data.slice(0, 20 * 30 * 8), cells.data.slice(20 * 30 * 8), "each sample has both");
});

test("what tells seeds apart is neither what makes them live nor an input", async () => {
  const rule = createRule({ channels: 7, hidden: 4, aliveChannel: 4, inputs: [5] });
  const seeds = [-4, -1, 2].map((dx) => ({ dx, dy: 0 }));
  const { data } = seedFor({ ...rule, grid: { height: 3, width: 9, seeds } }, { height: 3, width: 9 });
  const cells = seeds.map(({ dx }) => [...data.subarray((9 + 4 + dx) * 7, (9 + 4 + dx) * 7 + 7)]);
  assert.deepEqual(cells, [
    [0, 0, 0, 1, 1, 1, 1],
    [0, 0, 0, 1, 1, 1, -1],
    [0, 0, 0, 1, 1, 1, -1],
  ]);
});

test("a seed beyond the grid is refused, and so is a picture in which no cell can live", () => {
  assert.throws(
    () => seedCells(1, 5, 5, 8, { seeds: [{ dx: 3, dy: 0 }] }),
    /3 cells right of the centre and 0 down, beyond a grid of 5 x 5/,
  );
  assert.throws(
    () => growth(drawn("..", ".."), createRule()),
    (error: Error) => {
      assert.ok(error instanceof InvalidInputError);
      return /highest alpha is 0\.050, and a cell lives above 0\.1/.test(error.message);
    },
  );
});

test("a rule remembers where it grows, and its file does", () => {
  const rule = createRule({ channels: 8, hidden: 4 });
  new Trainer(rule, growth(RING, rule), { batch: 1, steps: 1 });
  const grid = { height: 9, width: 9, seeds: [{ dx: 0, dy: -3 }] };
  assert.deepEqual(rule.grid, grid);
  assert.deepEqual(decodeRule(encodeRule(rule)).rule.grid, grid);
  assert.equal(seedFor(rule, { height: 31, width: 31 }).data[((15 - 3) * 31 + 15) * 8 + 3], 1);
});

test("another picture gets seeds of its own, unless the rule's fit it or others are given", () => {
  const rule = { ...createRule({ channels: 8, hidden: 4 }), grid: { height: 9, width: 9, seeds: CENTRE } };
  const seedsFor = (seeds?: typeof CENTRE) => growth(RING, rule, { seeds }).grid?.seeds;
  assert.deepEqual(seedsFor(), [{ dx: 0, dy: -3 }]);
  assert.deepEqual(seedsFor([{ dx: 3, dy: 3 }]), [{ dx: 3, dy: 3 }]);
  const kept = { ...rule, grid: { height: 20, width: 20, seeds: [{ dx: -3, dy: 1 }] } };
  assert.deepEqual(growth(RING, kept).grid?.seeds, [{ dx: -3, dy: 1 }]);
  const two = drawn("xxx        x", "xxx        x", "xxx        x");
  const grown = { ...rule, grid: { height: 3, width: 12, seeds: [{ dx: -5, dy: 0 }] } };
  assert.equal(growth(two, grown).grid?.seeds.length, 2, "each body has one");
});

test("only the cells above the threshold live", () => {
  assert.equal(livingCells(drawn("x.x", ". x")), 3);
});
