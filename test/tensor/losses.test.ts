// End to end: the losses of the first ten training steps are those of an independent trainer, written here in
// TensorFlow.js alone: the specification's step, autodiff, gradients of length one, and TensorFlow.js's own Adam.

import assert from "node:assert/strict";
import test, { before } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { seedCells } from "../../lib/cells/cells.js";
import { combine, Random } from "../../lib/cells/random.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import { caStep, type Weights } from "../../lib/tensor/ops.js";
import { TensorRule, toTensor } from "../../lib/tensor/tensor-rule.js";
import { ready } from "../../lib/tensor/tensorflow.js";
import { growth } from "../../lib/train/growth.js";
import { Trainer } from "../../lib/train/trainer.js";

before(async () => {
  await ready();
});

const STEPS = 10;
const BATCH = 2;
const [LOW, HIGH] = [12, 16];
const LEARNING_RATE = 2e-3;
const RNG_SEED = 7;
/** Of the trainer's own draws. */
const TRAINING_STREAM = 2;

test("ten losses of the trainer, and of one in TensorFlow.js", async () => {
  const target = await loadTarget("targets/lizard.png", { size: 12, padding: 3 });
  const side = target.width;
  const start = () => createRule({ hidden: 16, rngSeed: 1 });

  const model = new TensorRule(start());
  const adam = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-7);
  const picture = tf.tensor3d(target.data, [side, side, 4]);
  const seeds = toTensor(seedCells(BATCH, side, side, 16));
  const theirs: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const random = new Random(combine(combine(RNG_SEED, TRAINING_STREAM), step));
    const caSteps = random.integer(LOW, HIGH + 1);
    const rngSeed = random.next();
    const { value, grads } = tf.variableGrads(() => {
      let x: tf.Tensor4D = seeds;
      for (let t = 0; t < caSteps; t++) {
        x = caStep(x, model as Weights, model.spec, { rngSeed, step: t });
      }
      return x.slice([0, 0, 0, 0], [-1, -1, -1, 4]).sub(picture).square().mean() as tf.Scalar;
    });
    theirs.push(value.dataSync()[0]);
    const unit = Object.entries(grads).map(([name, gradient]) => ({
      name,
      tensor: gradient.div(gradient.norm().add(1e-8)) as tf.Tensor,
    }));
    adam.applyGradients(unit);
  }

  const rule = start();
  const trainer = new Trainer(rule, growth(target, rule), {
    regime: "growing",
    batch: BATCH,
    rollout: [LOW, HIGH],
    learningRate: LEARNING_RATE,
    rngSeed: RNG_SEED,
  });
  for (const expected of theirs) {
    const { loss } = await trainer.next();
    assert.ok(Math.abs(loss - expected) < 1e-3 * expected, `${loss} instead of ${expected}`);
  }
  assert.ok(theirs[STEPS - 1] !== theirs[0]);
  for (const name of PARAMETERS) {
    const [got, expected] = [rule.parameters[name], model.toRule().parameters[name]];
    const most = got.reduce((sum, weight, i) => Math.max(sum, Math.abs(weight - expected[i])), 0);
    assert.ok(most < 1e-3, `${name} differs by ${most}`);
  }
});
