import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../lib/cells/random.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { PARAMETERS } from "../../lib/rule/rule.js";
import { randomCase, randomCells, randomRule } from "./cases.js";
import { relativeError } from "./compare.js";
import { assertSlopes } from "./differences.js";
import { ENGINES } from "./engines.js";
import { helpersOf, publishedBy } from "./helpers.js";
import { unusualCase } from "./unusual.js";

for (const engine of ENGINES) {
  test(`${engine.name}: gradients equal the reference's in float64`, async () => {
    let compared = 0;
    for (let index = 0; index < 160; index++) {
      const { name, rule, cells, ...options } = index % 2 === 0 ? randomCase(index) : unusualCase(index, 24);
      const random = new Random(index + 1000);
      const dLast = Float32Array.from(cells.data, () => random.uniform(-1, 1));
      const rollout = await engine.rollout(rule, cells, options);
      const got = await rollout.backward(dLast);
      const plain = referenceRollout(rule, cells, options, "double");
      if (relativeError(rollout.cells.data, plain.data) > 1e-4) continue; // a mask flipped on a rounding error
      compared++;
      const expected = plain.backward(dLast);
      assert.ok(relativeError(got.dCells.data, expected.dCells) < 1e-4, `case ${index}, dCells: ${name}`);
      for (const parameter of PARAMETERS) {
        const error = relativeError(got.dParameters[parameter], expected.dParameters[parameter]);
        assert.ok(error < 1e-4, `case ${index}, ${parameter} ${error}: ${name}`);
      }
    }
    assert.ok(compared > 145, `only ${compared} cases compared`);
  });
}

test("the reference's gradients equal central differences", () => {
  let compared = 0;
  for (let index = 0; index < 16; index++) compared += assertSlopes(randomCase(index), index + 2000);
  assert.ok(compared > 40, `only ${compared} slopes compared`);
});

test("one thread or three, one rollout or another in between: the same bits", () => {
  const one = new WasmEngine(1);
  const three = new WasmEngine(3);
  for (let index = 300; index < 330; index++) {
    const { name, rule, cells, ...options } = index % 2 === 0 ? randomCase(index) : unusualCase(index, 24);
    const dLast = cells.data.map((x) => x + 0.5);
    const expected = one.rolloutSync(rule, cells, options).backward(dLast);
    const rollout = three.rolloutSync(rule, cells, options);
    three.growSync(rule, cells, { steps: 2, rngSeed: 1 });
    const got = rollout.backward(dLast);
    assert.deepEqual(got, expected, `case ${index}: ${name}`);
    assert.deepEqual(rollout.backward(dLast), expected, `case ${index}, twice: ${name}`);
    assert.deepEqual(rollout.parameterGradient(dLast), expected.dParameters, `case ${index}: ${name}`);
  }
});

test("more threads than samples share them, and give the same bits", () => {
  const one = new WasmEngine(1);
  const eight = new WasmEngine(8);
  for (const aliveMask of ["none", "pre", "pre-and-post"] as const) {
    const fields = { boundary: "torus", inputs: [1, 5], fireRate: 0.5, channels: 12, hidden: 24 } as const;
    const rule = randomRule(new Random(6), { aliveMask, ...fields });
    const cells = randomCells(new Random(7), 3, 64, 70, 12);
    const options = { steps: 20, rngSeed: 4 };
    const [expected, got] = [one, eight].map((engine) => {
      const rollout = engine.rolloutSync(rule, cells, options);
      return { grown: engine.growSync(rule, cells, options), ...rollout.backward(cells.data) };
    });
    assert.deepEqual(got, expected, aliveMask);
    assert.ok(publishedBy(eight) > 0, "the threads without a sample had work");
  }
  assert.equal(helpersOf(eight).length, 7, "five threads a sample are useful, and there are eight in all");
});

test("as many strains, units and senses as there may be, in shares", () => {
  const rules = [1, 2, 3, 4].map((seed) => {
    const options = {
      perception: "neighbourhood",
      aliveMask: "pre-and-post",
      fireRate: 0.5,
      angle: 0,
    } as const;
    return randomRule(new Random(seed), { ...options, channels: 18, hidden: 130 });
  });
  const spread = rules.map((_, s) => rules.map((_, t) => (s === t ? 0 : 0.3)));
  const cells = randomCells(new Random(10), 2, 64, 70, 18);
  const random = new Random(11);
  const strained = {
    ...cells,
    strains: Uint8Array.from({ length: 2 * 64 * 70 }, () => random.integer(0, 4)),
  };
  const runs = [1, 8].map((threads) => {
    const engine = new WasmEngine(threads);
    const rollout = engine.rolloutSync({ rules, spread }, strained, { steps: 15, rngSeed: 5, trained: 2 });
    const gradient = rollout.backward(cells.data);
    return { cells: rollout.cells, ...gradient, isShared: publishedBy(engine) > 0 };
  });
  assert.deepEqual({ ...runs[1], isShared: false }, runs[0]);
  assert.ok(runs[1].isShared);
  assert.ok(runs[0].dParameters.w1.some((d) => d !== 0) && runs[0].dParameters.w1.every(Number.isFinite));
});

for (const engine of ENGINES) {
  test(`${engine.name}: a hidden layer of which no unit is above zero`, async () => {
    const rule = randomRule(new Random(8), { aliveMask: "none", fireRate: 1, channels: 8, hidden: 20 });
    rule.parameters.b1.fill(-1e6);
    const cells = randomCells(new Random(9), 2, 6, 7, 8);
    const { backward, ...rollout } = await engine.rollout(rule, cells, { steps: 3, rngSeed: 1 });
    const b2 = (i: number) => rule.parameters.b2[i % 8];
    const expected = cells.data.map((x, i) => Math.fround(Math.fround(x + b2(i)) + b2(i)) + b2(i));
    assert.deepEqual(rollout.cells.data, expected);
    const { dCells, dParameters } = await backward(cells.data);
    assert.deepEqual(dCells.data, cells.data, "only the state itself passes on");
    for (const name of ["w1", "b1", "w2"] as const)
      assert.ok(
        dParameters[name].every((d) => d === 0),
        name,
      );
    assert.ok(dParameters.b2.every((d) => d !== 0));
  });
}

test("a batch of one: however many threads share it, the same bits", () => {
  const engines = [1, 2, 3, 8].map((threads) => new WasmEngine(threads));
  for (const aliveMask of ["none", "pre-and-post"] as const) {
    const rule = randomRule(new Random(4), { aliveMask, fireRate: 0.5, channels: 16, hidden: 32 });
    const cells = randomCells(new Random(5), 1, 64, 70, 16);
    const options = { steps: 40, rngSeed: 3 };
    const runs = engines.map((engine) => {
      const rollout = engine.rolloutSync(rule, cells, options);
      return { grown: engine.growSync(rule, cells, options), ...rollout.backward(cells.data) };
    });
    for (const run of runs.slice(1)) assert.deepEqual(run, runs[0], aliveMask);
  }
  const helpers = engines.map((engine) => helpersOf(engine).length);
  assert.deepEqual(helpers, [0, 1, 2, 4], "a thread for every 1024 of 64 x 70 cells");
});
