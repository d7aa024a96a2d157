import assert from "node:assert/strict";
import test from "node:test";
import { ALPHA, emptyCells, sampleOf, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { load } from "../../lib/io/load.js";
import { randomCase, randomCells, randomRule } from "./cases.js";
import { bits } from "./compare.js";
import { ENGINES } from "./engines.js";
import { unusualCase } from "./unusual.js";

const CASES = 250;

for (const engine of ENGINES) {
  test(`${engine.name}: sparse equals dense, bit for bit`, async () => {
    let moved = 0;
    for (let index = 0; index < CASES; index++) {
      const { name, rule, cells, ...options } = randomCase(index);
      const dense = referenceRollout(rule, cells, options, "single").data as Float32Array;
      const grown = (await engine.grow(rule, cells, options)).data;
      assert.deepEqual(bits(grown), bits(dense), `case ${index}: ${name}`);
      const taped = (await engine.rollout(rule, cells, options)).cells.data;
      assert.deepEqual(bits(taped), bits(dense), `case ${index}, taped: ${name}`);
      if (dense.some((x, i) => x !== cells.data[i] && x !== 0)) moved++;
    }
    assert.ok(moved > CASES / 2, `only ${moved} cases changed anything`);
  });

  test(`${engine.name}: sparse equals dense, bit for bit, whatever the rule`, async () => {
    let moved = 0;
    for (let index = 0; index < CASES; index++) {
      const { name, rule, cells, ...options } = unusualCase(index, 24);
      const dense = referenceRollout(rule, cells, options, "single").data as Float32Array;
      const grown = (await engine.grow(rule, cells, options)).data;
      assert.deepEqual(bits(grown), bits(dense), name);
      const taped = (await engine.rollout(rule, cells, options)).cells.data;
      assert.deepEqual(bits(taped), bits(dense), `taped: ${name}`);
      if (dense.some((x, i) => x !== cells.data[i] && x !== 0)) moved++;
    }
    assert.ok(moved > CASES / 2, `only ${moved} cases changed anything`);
  });

  test(`${engine.name}: cells that border on life keep it alive, on both sides of an edge`, async () => {
    for (let index = 0; index < 300; index++) {
      const random = new Random(index + 9000);
      const boundary = index % 3 === 0 ? "zero" : "torus";
      const fields = { channels: 4, hidden: 4, aliveMask: "pre-and-post", fireRate: 0.5 } as const;
      const rule = randomRule(random, { boundary, ...fields });
      const cells = emptyCells(1, random.integer(4, 7), random.integer(5, 9), 4);
      for (let i = 0; i < cells.data.length; i++)
        cells.data[i] = i % 4 === ALPHA ? random.uniform(-0.1, 0.1) : random.uniform(-1, 1);
      cells.data[random.integer(0, cells.data.length / 4) * 4 + ALPHA] = 0.11; // the only mature cell
      const options = { steps: 1, rngSeed: index };
      const dense = referenceRollout(rule, cells, options, "single").data as Float32Array;
      const grown = (await engine.grow(rule, cells, options)).data;
      assert.deepEqual(bits(grown), bits(dense), `case ${index}`);
    }
  });

  test(`${engine.name}: a rollout in parts equals the whole one`, async () => {
    const rule = randomRule(new Random(5), { channels: 16, fireRate: 0.5, aliveMask: "pre-and-post" });
    const seed = seedCells(2, 24, 24, 16);
    const whole = await engine.grow(rule, seed, { steps: 9, rngSeed: 3 });
    const first = await engine.grow(rule, seed, { steps: 4, rngSeed: 3 });
    const rest = await engine.grow(rule, first, { steps: 5, rngSeed: 3, firstStep: 4 });
    assert.deepEqual(bits(rest.data), bits(whole.data));
    assert.notDeepEqual(sampleOf(whole, 0).data, sampleOf(whole, 1).data, "samples draw their own coins");
  });

  test(`${engine.name}: half of the cells fire at fire rate 0.5, in every row and step`, async () => {
    const rule = randomRule(new Random(6), { channels: 4, fireRate: 0.5, aliveMask: "none", hidden: 4 });
    rule.parameters.w2.fill(0);
    rule.parameters.b2.fill(1);
    const empty = { ...seedCells(1, 64, 64, 4), data: new Float32Array(64 * 64 * 4) };
    const counts = (await engine.grow(rule, empty, { steps: 400, rngSeed: 9 })).data;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    assert.ok(Math.abs(mean - 200) < 0.5, `mean ${mean}`);
    assert.ok(Math.abs(variance - 100) < 8, `variance ${variance}`);
  });
}

test("a grown lizard on its own grid: sparse equals dense at every step", async () => {
  const rule = await load("models/lizard.safetensors");
  const engine = new WasmEngine(2);
  let cells = engine.growSync(rule, seedCells(2, 72, 72, 16), { steps: 36, rngSeed: 1 });
  for (let firstStep = 36; firstStep < 42; firstStep++) {
    const options = { steps: 1, rngSeed: 1, firstStep };
    const dense = referenceRollout(rule, cells, options, "single").data as Float32Array;
    cells = engine.growSync(rule, cells, options);
    assert.deepEqual(bits(cells.data), bits(dense), `step ${firstStep}`);
  }
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
  const dense = referenceRollout(rule, cells, options, "single").data as Float32Array;
  assert.deepEqual(bits(new WasmEngine(1).rolloutSync(rule, cells, options).cells.data), bits(dense));
});
