// Fused arithmetic: nearly the numbers of the other engines, its own bits with any number of threads.
import assert from "node:assert/strict";
import test from "node:test";
import { seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { engineNamed } from "../../lib/engine/engines.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { canFuse, FusedEngine } from "../../lib/engine/wasm/fused.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { load } from "../../lib/io/load.js";
import { createRule } from "../../lib/rule/rule.js";
import { randomCase, randomRule } from "./cases.js";

const fuses = canFuse();
const skip = fuses === true ? false : `fused ${fuses}`;

function furthest(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
}

test("states are the reference's within rounding, and not its bits", { skip }, async () => {
  const [fused, reference] = [new FusedEngine(2), new ReferenceEngine()];
  let differ = 0;
  for (let index = 0; index < 60; index++) {
    const { name, rule, cells, ...options } = randomCase(index);
    const expected = (await reference.grow(rule, cells, { ...options, steps: 1 })).data;
    const got = fused.growSync(rule, cells, { ...options, steps: 1 }).data;
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    assert.ok(furthest(got, expected) <= 1e-5 * largest, `case ${index}: ${name}`);
    if (furthest(got, expected) > 0) differ++;
  }
  assert.ok(differ > 10, `${differ} cases differ: these are fused sums`);
});

test("any number of threads gives the same bits, gradients too", { skip }, async () => {
  const rule = randomRule(new Random(3), { channels: 16, hidden: 32 });
  const cells = seedCells(2, 64, 64, 16);
  const d = new Float32Array(cells.data.length).fill(1e-3);
  const runs = [1, 2, 8].map((threads) => {
    const run = new FusedEngine(threads).rolloutSync(rule, cells, { steps: 30, rngSeed: 1 });
    return [run.cells, run.parameterGradient(d)];
  });
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
});

test("a grown lizard and its gradient are the usual engine's within rounding", { skip }, async () => {
  const rule = await load("models/lizard.safetensors");
  const [fused, wasm] = [new FusedEngine(2), new WasmEngine(2)];
  const grown = wasm.growSync(rule, seedCells(2, 72, 72, 16), { steps: 96, rngSeed: 1 });
  const [one, other] = [fused, wasm].map((engine) =>
    engine.rolloutSync(rule, grown, { steps: 8, rngSeed: 2 }),
  );
  assert.ok(furthest(one.cells.data, other.cells.data) < 1e-5);
  const d = new Float32Array(grown.data.length).fill(1e-3);
  const [w1, w2] = [one, other].map((run) => run.parameterGradient(d).w1);
  const largest = w2.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(furthest(w1, w2) < 1e-4 * largest);
});

test("it is taken by those who ask for it", { skip }, () => {
  assert.equal(engineNamed("fused").name, "fused");
  assert.equal(engineNamed("fused").supports(createRule().spec), true);
});
