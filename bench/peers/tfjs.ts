// TensorFlow.js with the rule written in its own operations: what a TypeScript user would write without us.

import * as tf from "@tensorflow/tfjs";
import { caStep } from "../../lib/rule/ops.js";
import { ready } from "../../lib/rule/tensorflow.js";
import { TensorRule, toTensor } from "../../lib/train/tensor-rule.js";
import { RNG_SEED, serve } from "./serve.js";

await ready();

await serve(({ rule, cells }, mode) => {
  const model = new TensorRule(rule, 0);
  const optimizer = tf.train.adam(1e-9);
  const batch = toTensor(cells);
  const next = (state: tf.Tensor4D, step: number) =>
    caStep(state, model, rule.spec, { rngSeed: RNG_SEED, step });

  const grow = (steps: number) => {
    let state = batch.clone();
    for (let step = 0; step < steps; step++) {
      const before = state;
      state = tf.tidy(() => next(before, step));
      before.dispose();
    }
    state.dataSync();
    state.dispose();
  };
  const train = (steps: number) => {
    const loss = () => {
      let state = batch;
      for (let step = 0; step < steps; step++) state = next(state, step);
      return state.slice([0, 0, 0, 0], [-1, -1, -1, 4]).square().mean() as tf.Scalar;
    };
    optimizer.minimize(loss);
    model.w1.dataSync(); // a backend may compute later than it returns
  };
  return mode === "infer" ? grow : train;
});
