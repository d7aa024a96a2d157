import assert from "node:assert/strict";
import test from "node:test";
import { activeCellSteps, aliveShare, operationsPerCell } from "../../bench/active.js";
import { discs } from "../../bench/grids.js";
import { quiet } from "../../bench/workloads.js";
import { emptyCells } from "../../lib/cells/cells.js";
import { createRule } from "../../lib/rule/rule.js";

const SIZE = 24;
const STEPS = 5;
const workload = (cells: ReturnType<typeof emptyCells>, rule = quiet({})) => ({
  name: "test",
  rule,
  cells,
  steps: STEPS,
});

test("nothing is active in an empty grid, unless the rule has no alive mask", async () => {
  const empty = emptyCells(2, SIZE, SIZE, 16);
  assert.equal(await activeCellSteps(workload(empty), 1), 0);
  const fired = await activeCellSteps(workload(empty, quiet({ aliveMask: "none" })), 1);
  const share = fired / (2 * SIZE * SIZE * STEPS);
  assert.ok(Math.abs(share - 0.5) < 0.03, `half of all cells fire, got ${share}`);
});

test("a rule that always fires moves exactly the living cells", async () => {
  const cells = emptyCells(1, SIZE, SIZE, 16);
  cells.data[(5 * SIZE + 7) * 16 + 3] = 1; // one mature cell in the middle: nine alive
  cells.data[3] = 1; // and one in a corner: four
  const still = createRule({ fireRate: 1 });
  assert.equal(await activeCellSteps(workload(cells, still), 1), 13 * STEPS);
  assert.equal(aliveShare(workload(cells, still)), 13 / SIZE ** 2);
});

test("a disc covers its share of the grid", () => {
  const { data } = discs(1, SIZE, 16, 0.3);
  const share = data.filter((value) => value === 1).length / data.length;
  assert.ok(Math.abs(share - 0.3) < 0.02, `got ${share}`);
  assert.ok(discs(2, SIZE, 16, 1).data.every((value) => value === 1));
});

test("an active cell costs a multiplication and an addition a weight, a training three times that", () => {
  const rule = createRule();
  assert.equal(operationsPerCell(rule, "infer"), 2 * (48 * 128 + 128 * 16));
  assert.equal(operationsPerCell(rule, "train"), 3 * operationsPerCell(rule, "infer"));
});
