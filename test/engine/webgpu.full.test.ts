// The WebGPU engine against the reference. Every kernel is compiled anew for every shape, which takes SwiftShader seconds: so
// there are few shapes.

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { cellsOf, RGBA } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import type { Engine } from "../../lib/engine/engine.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { checkDevice } from "../../lib/engine/webgpu/check.js";
import { openDevice } from "../../lib/engine/webgpu/driver.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import type { Rules } from "../../lib/rule/strains.js";
import type { TrainingStep } from "../../lib/train/trainer.js";
import { train } from "../../lib/train/training.js";
import { type Case, randomCase, randomCells, randomRule } from "./cases.js";
import { relativeError } from "./compare.js";
import { engine, whyMissing } from "./swiftshader.js";
import { unusualCase } from "./unusual.js";

const missing = await whyMissing();

after(() => engine.dispose());

const SMALL = {
  channels: 6,
  hidden: 10,
  perception: "sobel",
  angle: 0,
  fireRate: 0.5,
  aliveMask: "pre-and-post",
} as const;

/** States, strains and gradients; false where a cell crosses its threshold by rounding alone. */
async function assertEqual(
  { name, rule, cells, ...options }: Case & { trained?: number },
  rules: Rules = rule,
) {
  const single = referenceRollout(rules, cells, options, "single");
  const double = referenceRollout(rules, cells, options, "double");
  if (relativeError(single.data, double.data) > 1e-4) return false;
  const grown = await engine.grow(rules, cells, options);
  const run = await engine.rollout(rules, cells, options);
  for (const last of [grown, run.cells]) {
    assert.ok(relativeError(last.data, single.data) < 1e-4, `states: ${name}`);
    if (last.strains) assert.deepEqual(last.strains, single.strains, `strains: ${name}`);
  }
  const random = new Random(options.rngSeed);
  const dLast = Float32Array.from(cells.data, () => random.uniform(-1, 1));
  const expected = double.backward(dLast);
  const { dCells, dParameters } = await run.backward(dLast);
  assert.ok(relativeError(dCells.data, expected.dCells) < 1e-4, `dCells: ${name}`);
  for (const parameter of PARAMETERS) {
    const error = relativeError(dParameters[parameter], expected.dParameters[parameter]);
    assert.ok(error < 1e-4, `${parameter} ${error}: ${name}`);
  }
  return true;
}

test("usual rules: states and gradients equal the reference's", { skip: missing }, async () => {
  let compared = 0;
  for (const index of [0, 1, 4, 6, 9, 17]) compared += Number(await assertEqual(randomCase(index)));
  assert.ok(compared >= 5, `${compared} compared`);
});

test("unusual rules: torus, inputs, every alive rule", { skip: missing }, async () => {
  let compared = 0;
  for (const index of [3, 5, 6, 7, 8, 11]) compared += Number(await assertEqual(unusualCase(index)));
  assert.ok(compared >= 5, `${compared} compared`);
});

test("strains spread by the same coins, and the trained one alone gets a gradient", {
  skip: missing,
}, async () => {
  const random = new Random(20);
  const rules = [1, 2, 3].map((seed): Rule => randomRule(new Random(seed), SMALL));
  const spread = [
    [0, 0.5, 0.2],
    [0.5, 0, 1],
    [0.2, 0.3, 0],
  ];
  for (let index = 0; index < 4; index++) {
    const plain = randomCells(random, 2, 13, 18, 6);
    const cells = { ...plain, strains: Uint8Array.from({ length: 2 * 13 * 18 }, () => random.integer(0, 3)) };
    const one = { name: `strains ${index}`, rule: rules[0], cells, steps: 5, rngSeed: index, trained: 1 };
    assert.ok(await assertEqual(one, { rules, spread }));
  }
});

test("more steps than a segment of the tape, more units than threads", { skip: missing }, async () => {
  const random = new Random(30);
  const spec = {
    channels: 16,
    hidden: 140,
    perception: "sobel",
    angle: 0,
    fireRate: 0.5,
    aliveMask: "pre-and-post",
  } as const;
  const rule = randomRule(random, spec);
  for (const weights of Object.values(rule.parameters))
    for (let i = 0; i < weights.length; i++) weights[i] *= 0.1;
  const cells = randomCells(random, 2, 17, 20, 16);
  assert.ok(await assertEqual({ name: "long", rule, cells, steps: 37, rngSeed: 3 }));
});

test("an older rollout's backward pass runs it again; twice gives the same bits", {
  skip: missing,
}, async () => {
  const { rule, cells, ...options } = randomCase(4);
  const run = await engine.rollout(rule, cells, options);
  const first = await run.backward(cells.data);
  await engine.rollout(rule, cells, { ...options, rngSeed: 1 });
  assert.deepEqual(await run.backward(cells.data), first);
  assert.deepEqual(await run.parameterGradient(cells.data), first.dParameters);
});

test("ten losses of a training from scratch equal those of wasm", { skip: missing }, async () => {
  const side = 20;
  const data = new Float32Array(side * side * RGBA);
  for (let y = 6; y < 14; y++) data.fill(0.8, (y * side + 6) * RGBA, (y * side + 14) * RGBA);
  const target = cellsOf(data, { height: side, width: side });
  const lossesOn = async (engine: Engine) => {
    const losses: number[] = [];
    const onStep = ({ loss }: TrainingStep) => losses.push(loss);
    const rule = createRule({ hidden: 32, rngSeed: 1 });
    const batch = { batch: 4, poolSize: 8, rollout: [16, 20], steps: 10, rngSeed: 1 } as const;
    await train(rule, target, { ...batch, engine, onStep });
    return losses;
  };
  const [got, expected] = [await lossesOn(engine), await lossesOn(new WasmEngine(1))];
  assert.ok(new Set(expected).size === 10, "the losses change");
  got.forEach((loss, step) => {
    const error = Math.abs(loss / expected[step] - 1);
    assert.ok(error < 1e-4, `step ${step}: ${loss}, ${expected[step]} on wasm`);
  });
});

test("a life of several submissions equals the reference's, strains too", { skip: missing }, async () => {
  const spec = {
    channels: 4,
    hidden: 4,
    perception: "sobel",
    angle: 0,
    fireRate: 0.5,
    aliveMask: "none",
  } as const;
  const rules = [1, 2].map((seed) => randomRule(new Random(seed), spec));
  for (const { parameters } of rules) for (const weights of Object.values(parameters)) weights.fill(0.001);
  const plain = randomCells(new Random(4), 1, 9, 10, 4);
  const cells = { ...plain, strains: Uint8Array.from({ length: 90 }, (_, i) => Number(i === 40)) };
  const strains = {
    rules,
    spread: [
      [0, 0],
      [0.02, 0],
    ],
  };
  for (const steps of [256, 301, 512]) {
    const options = { steps, rngSeed: 2 };
    const grown = await engine.grow(strains, cells, options);
    const expected = referenceRollout(strains, cells, options, "single");
    assert.ok(relativeError(grown.data, expected.data) < 1e-4, `${steps} steps`);
    assert.deepEqual(grown.strains, expected.strains, `${steps} steps`);
  }
});

test("a life goes on with what the device kept, to the same bits", { skip: missing }, async () => {
  const rules = [1, 2, 3].map((seed): Rule => randomRule(new Random(seed), SMALL));
  const plain = randomCells(new Random(5), 2, 13, 18, 6);
  const cells = { ...plain, strains: Uint8Array.from({ length: 2 * 13 * 18 }, (_, i) => i % 3) };
  const strains = {
    rules,
    spread: [
      [0, 0.5, 0],
      [0, 0, 0.3],
      [0.1, 0, 0],
    ],
  };
  const first = await engine.grow(strains, cells, { steps: 3, rngSeed: 1 });
  const kept = await engine.grow(strains, first, { steps: 4, rngSeed: 1, firstStep: 3, goesOn: true });
  const other = { ...first, data: first.data.slice() }; // is sent again
  assert.deepEqual(
    await engine.grow(strains, other, { steps: 4, rngSeed: 1, firstStep: 3, goesOn: true }),
    kept,
  );
  const again = await engine.grow(strains, first, { steps: 4, rngSeed: 1, firstStep: 3, goesOn: true });
  assert.deepEqual(again, kept, "cells that are not the last ones are sent");
});

test("a device that computes wrongly is refused", { skip: missing }, async () => {
  const device = await openDevice();
  const read = device.read.bind(device);
  device.read = async (part) => {
    const bytes = await read(part);
    new Float32Array(bytes)[0] += 1;
    return bytes;
  };
  await assert.rejects(checkDevice(device), /computes wrongly: states are off by .*engine wasm/);
  device.dispose();
});
