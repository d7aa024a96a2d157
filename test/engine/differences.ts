// Gradients against what needs no calculus: central differences, and TensorFlow.js's automatic differentiation.

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../lib/cells/random.js";
import type { SyncEngine } from "../../lib/engine/engine.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import type { Gradient } from "../../lib/engine/reference/step.js";
import { PARAMETERS, type Parameters, type Rule } from "../../lib/rule/rule.js";
import { caStep } from "../../lib/tensor/ops.js";
import { TensorRule, toTensor } from "../../lib/tensor/tensor-rule.js";
import type { Case } from "./cases.js";
import { relativeError } from "./compare.js";

/** Half the way between the two ends of a difference. */
const H = 1e-6;

/**
 * Asserts that the reference's gradient is that of central differences, for one weight of each parameter, and returns
 * how many slopes other than 0 it compared: where a mask or a ReLU flips within the distance, there is none.
 */
export function assertSlopes({ name, rule, cells, ...options }: Case, rngSeed: number): number {
  const random = new Random(rngSeed);
  const weights = Float64Array.from(cells.data, () => random.uniform(-1, 1));
  const double = Object.fromEntries(
    PARAMETERS.map((parameter) => [parameter, Float64Array.from(rule.parameters[parameter])]),
  ) as Gradient;
  const rule64: Rule = { spec: rule.spec, parameters: double as unknown as Parameters };
  const loss = () => {
    const { data } = referenceRollout(rule64, cells, options, "double");
    return weights.reduce((sum, weight, i) => sum + weight * data[i], 0);
  };
  const { dParameters } = referenceRollout(rule64, cells, options, "double").backward(weights);
  let compared = 0;
  for (const parameter of PARAMETERS) {
    const at = random.integer(0, double[parameter].length);
    const value = double[parameter][at];
    const slopeOver = (distance: number) => {
      double[parameter][at] = value + distance;
      const up = loss();
      double[parameter][at] = value - distance;
      const down = loss();
      double[parameter][at] = value;
      return (up - down) / (2 * distance);
    };
    const slope = slopeOver(H);
    const size = Math.max(1, Math.abs(slope));
    if (Math.abs(slope - slopeOver(H / 2)) > 1e-5 * size) continue;
    if (slope !== 0) compared++;
    assert.ok(Math.abs(slope - dParameters[parameter][at]) <= 1e-4 * size, `${parameter}, case ${name}`);
  }
  return compared;
}

/**
 * Asserts that the fused rollout has TensorFlow.js's own gradients; false if their states differ, because a mask
 * flipped on a rounding error, so that there is nothing to compare.
 */
export function assertAutodiff(one: Case, rngSeed: number, engine?: SyncEngine): boolean {
  const { name, rule, cells, steps, ...options } = one;
  const model = new TensorRule(rule, { engine });
  const state = tf.variable(toTensor(cells));
  const random = new Random(rngSeed);
  const weights = toTensor({ ...cells, data: cells.data.map(() => random.uniform(-1, 1)) });
  const plain = () => {
    let x: tf.Tensor4D = state;
    for (let step = 0; step < steps; step++) x = caStep(x, model, rule.spec, { ...options, step });
    return x;
  };
  const fused = () => model.rollout(state, { steps, ...options });
  try {
    if (relativeError(fused().dataSync(), plain().dataSync()) > 1e-4) return false;
    const [expected, got] = [plain, fused].map((f) => tf.variableGrads(() => f().mul(weights).sum()));
    assert.deepEqual(Object.keys(got.grads), Object.keys(expected.grads));
    for (const [variable, gradient] of Object.entries(expected.grads)) {
      const error = relativeError(got.grads[variable].dataSync(), gradient.dataSync());
      assert.ok(error < 1e-3, `${variable} ${error}, case ${name}`);
    }
    return true;
  } finally {
    model.dispose();
    state.dispose();
  }
}
