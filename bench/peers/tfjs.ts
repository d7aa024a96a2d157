// TensorFlow.js with lib/tensor/ops.ts: the project's own specification of the rule, in operations that are there to be
// read. It is what the engine stands in for; whoever writes for speed alone can get more out of TensorFlow.js.

import * as tf from "@tensorflow/tfjs";
import { caStep } from "../../lib/tensor/ops.js";
import { TensorRule, toTensor } from "../../lib/tensor/tensor-rule.js";
import { ready } from "../../lib/tensor/tensorflow.js";
import { LEARNING_RATE, RNG_SEED, serve } from "./serve.js";

/** As lib/train/adam.ts has it. */
const NORM_EPSILON = 1e-8;

const meanSquare = (state: tf.Tensor4D) =>
  state.slice([0, 0, 0, 0], [-1, -1, -1, 4]).square().mean() as tf.Scalar;

/** A scalar's value; frees it. */
function read(scalar: tf.Scalar): number {
  const [value] = scalar.dataSync();
  scalar.dispose();
  return value;
}

await ready();

await serve(({ rule, cells }, mode) => {
  const model = new TensorRule(rule);
  const optimizer = tf.train.adam(LEARNING_RATE);
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
    const loss = () => {
      const value = read(tf.tidy(() => meanSquare(state)));
      state.dispose();
      return value;
    };
    return { loss };
  };
  const train = (steps: number) => {
    const loss = () => {
      let state = batch;
      for (let step = 0; step < steps; step++) state = next(state, step);
      return meanSquare(state);
    };
    const value = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss);
      const normalized = Object.entries(grads).map(([name, gradient]) => ({
        name,
        tensor: gradient.div(gradient.norm().add(NORM_EPSILON)),
      }));
      optimizer.applyGradients(normalized);
      return value;
    });
    model.w1.dataSync(); // a backend may compute later than it returns
    return { loss: () => read(value) };
  };
  return mode === "infer" ? grow : train;
});
