import assert from "node:assert/strict";
import test, { before } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { seedCells } from "../../lib/cells/cells.js";
import { TensorRule, toCells, toTensor } from "../../lib/tensor/tensor-rule.js";
import { ready } from "../../lib/tensor/tensorflow.js";
import { randomCase } from "../engine/cases.js";
import { relativeError } from "../engine/compare.js";
import { assertAutodiff } from "../engine/differences.js";

before(async () => {
  await ready();
});

test("the fused operation equals TensorFlow.js's own step and autodiff", () => {
  let compared = 0;
  for (let index = 0; index < 40; index++) {
    const one = randomCase(index);
    const steps = Math.max(1, one.steps); // in no steps the weights have no part, and no gradient
    if (assertAutodiff({ ...one, steps }, index)) compared++;
  }
  assert.ok(compared > 30, `only ${compared} cases compared`);
});

test("two rollouts in one loss, and a tf optimizer", () => {
  const { rule, cells } = randomCase(7);
  const model = new TensorRule(rule);
  const start = toTensor(cells);
  const halves = () =>
    model.rollout(model.rollout(start, { steps: 2, rngSeed: 5 }), { steps: 3, rngSeed: 5, firstStep: 2 });
  const whole = () => model.rollout(start, { steps: 5, rngSeed: 5 });
  const [a, b] = [halves, whole].map((f) => tf.variableGrads(() => f().square().mean()));
  for (const [name, gradient] of Object.entries(b.grads)) {
    assert.ok(relativeError(a.grads[name].dataSync(), gradient.dataSync()) < 1e-4, name);
  }
  const before = model.toRule().parameters.w2.slice();
  tf.train.adam(1e-2).minimize(() => whole().square().mean() as tf.Scalar);
  assert.notDeepEqual(model.toRule().parameters.w2, before);
});

test("training for many steps keeps no tensor, and a rule's variables are its own", () => {
  const { rule, cells } = randomCase(7);
  const given = rule.parameters.w2.slice();
  const before = tf.memory().numTensors;
  const model = new TensorRule(rule);
  const start = toTensor(cells);
  const optimizer = tf.train.sgd(1e-2);
  const step = () =>
    optimizer.minimize(() => model.rollout(start, { steps: 3 }).square().mean() as tf.Scalar);
  step();
  const after = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) step();
  assert.equal(tf.memory().numTensors, after);
  model.toRule().parameters.w2.fill(7);
  assert.ok(model.w2.dataSync().every((weight) => weight !== 7));
  assert.deepEqual(rule.parameters.w2, given);
  for (const thing of [model, start, optimizer]) thing.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test("cells and their tensor do not share memory", () => {
  const cells = seedCells(1, 8, 8, 16);
  const tensor = toTensor(cells);
  cells.data.fill(2);
  const copy = toCells(tensor);
  copy.data.fill(3);
  assert.equal(Math.max(...tensor.dataSync()), 1);
});
