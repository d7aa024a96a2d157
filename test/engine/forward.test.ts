import assert from "node:assert/strict";
import test from "node:test";
import { sampleOf, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { plainRollout } from "../../lib/engine/reference/rollout.js";
import { Engine } from "../../lib/engine/wasm/wasm.js";
import { load } from "../../lib/io/model.js";
import { randomCase, randomCells, randomRule } from "./cases.js";
import { bits } from "./compare.js";

const CASES = 250;

test("sparse equals dense, bit for bit", () => {
  const engine = new Engine();
  let moved = 0;
  for (let index = 0; index < CASES; index++) {
    const { name, rule, cells, ...options } = randomCase(index);
    const dense = plainRollout(rule, cells, options, Math.fround).data as Float32Array;
    const grown = engine.grow(rule, cells, options).data;
    assert.deepEqual(bits(grown), bits(dense), `case ${index}: ${name}`);
    const taped = engine.rollout(rule, cells, options).cells.data;
    assert.deepEqual(bits(taped), bits(dense), `case ${index}, taped: ${name}`);
    if (dense.some((x, i) => x !== cells.data[i] && x !== 0)) moved++;
  }
  assert.ok(moved > CASES / 2, `only ${moved} cases changed anything`);
});

test("a grown lizard on its own grid: sparse equals dense at every step", async () => {
  const rule = await load("models/lizard.safetensors");
  const engine = new Engine(2);
  let cells = engine.grow(rule, seedCells(2, 72, 72, 16), { steps: 36, rngSeed: 1 });
  for (let firstStep = 36; firstStep < 42; firstStep++) {
    const options = { steps: 1, rngSeed: 1, firstStep };
    const dense = plainRollout(rule, cells, options, Math.fround).data as Float32Array;
    cells = engine.grow(rule, cells, options);
    assert.deepEqual(bits(cells.data), bits(dense), `step ${firstStep}`);
  }
});

test("a rollout in parts equals the whole one", () => {
  const engine = new Engine(1);
  const rule = randomRule(new Random(5), { channels: 16, fireRate: 0.5, aliveMask: "pre-and-post" });
  const seed = seedCells(2, 24, 24, 16);
  const whole = engine.grow(rule, seed, { steps: 9, rngSeed: 3 });
  const first = engine.grow(rule, seed, { steps: 4, rngSeed: 3 });
  const rest = engine.grow(rule, first, { steps: 5, rngSeed: 3, firstStep: 4 });
  assert.deepEqual(bits(rest.data), bits(whole.data));
  assert.notDeepEqual(sampleOf(whole, 0).data, sampleOf(whole, 1).data, "samples draw their own coins");
});

test("half of the cells fire at fire rate 0.5, in every row and step", () => {
  const engine = new Engine(1);
  const rule = randomRule(new Random(6), { channels: 4, fireRate: 0.5, aliveMask: "none", hidden: 4 });
  rule.parameters.w2.fill(0);
  rule.parameters.b2.fill(1);
  const empty = { ...seedCells(1, 64, 64, 4), data: new Float32Array(64 * 64 * 4) };
  const counts = engine.grow(rule, empty, { steps: 400, rngSeed: 9 }).data;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  assert.ok(Math.abs(mean - 200) < 0.5, `mean ${mean}`);
  assert.ok(Math.abs(variance - 100) < 8, `variance ${variance}`);
});

test("a large grid of Distill's rule: many tiles a step", () => {
  const random = new Random(8);
  const rule = randomRule(random, {
    channels: 16,
    hidden: 128,
    fireRate: 0.5,
    perception: "sobel",
    angle: 0,
  });
  const cells = randomCells(random, 1, 41, 47, 16);
  const options = { steps: 2, rngSeed: 1 };
  const dense = plainRollout(rule, cells, options, Math.fround).data as Float32Array;
  assert.deepEqual(bits(new Engine(1).rollout(rule, cells, options).cells.data), bits(dense));
});
