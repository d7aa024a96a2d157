// TensorFlow.js with the rule written in its own operations: what a TypeScript user would write without us.

import * as tf from "@tensorflow/tfjs";
import * as nca from "../../lib/index.js";
import type { Mode } from "../workloads.js";
import { readWorkload } from "./exchange.js";
import { serve } from "./serve.js";

const [folder, mode] = process.argv.slice(2) as [string, Mode];
const { rule, cells, steps } = readWorkload(folder);
await nca.ready();
const model = nca.tensorRule(rule);
const optimizer = tf.train.adam(1e-9);
const batch = nca.toTensor(cells);
let rngSeed = 0;

function rollout(): tf.Tensor4D {
  let state = batch;
  for (let step = 0; step < steps; step++) state = nca.caStep(state, model, rule.spec, { rngSeed, step });
  return state;
}

await serve(() => {
  rngSeed++;
  tf.tidy(() => {
    if (mode === "infer") rollout().dataSync();
    else
      optimizer.minimize(() => rollout().slice([0, 0, 0, 0], [-1, -1, -1, 4]).square().mean() as tf.Scalar);
  });
});
