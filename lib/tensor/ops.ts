// The rule in plain TensorFlow.js operations: the specification that the fused engine is held to.
// Every function takes and gives tensors [N, H, W, ...]; all are differentiable, and the masks carry no gradient.

import * as tf from "@tensorflow/tfjs";
import { ALPHA } from "../cells/cells.js";
import { combine, fires, fireThreshold } from "../cells/random.js";
import { filtersOf } from "../rule/filters.js";
import { ALIVE_THRESHOLD, type RuleSpec } from "../rule/rule.js";

/** w1 [P, D], b1 [D], w2 [D, C], b2 [C]. */
export interface Weights {
  readonly w1: tf.Tensor2D;
  readonly b1: tf.Tensor1D;
  readonly w2: tf.Tensor2D;
  readonly b2: tf.Tensor1D;
}

/** Which coins a step tosses: those of the training or growth that `rngSeed` starts, at CA step `step`. */
export interface StepKey {
  readonly rngSeed: number;
  readonly step: number;
}

/** The raw 3x3 patch around every cell, [N, H, W, 9 * C]: the nine neighbours one after the other, zero outside. */
export function patches(state: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = state.shape;
  const padded = state.pad([
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const shifted = Array.from({ length: 9 }, (_, j) =>
    padded.slice([0, Math.floor(j / 3), j % 3, 0], [n, h, w, c]),
  );
  return tf.concat(shifted, 3) as tf.Tensor4D;
}

/** y: every filter applied to every channel, [N, H, W, K * C], filter-major. */
export function perceive(state: tf.Tensor4D, spec: RuleSpec): tf.Tensor4D {
  const [n, h, w, c] = state.shape;
  const filters = filtersOf(spec.perception, spec.angle);
  const matrix = tf.tensor2d(
    filters.flatMap((filter) => [...filter]),
    [filters.length, 9],
  );
  const neighbours = patches(state).reshape([n * h * w, 9, c]);
  const tiled = matrix.expandDims(0).tile([n * h * w, 1, 1]);
  return tf.matMul(tiled, neighbours).reshape([n, h, w, filters.length * c]) as tf.Tensor4D;
}

/** dx = relu(y W1 + b1) W2 + b2, [N, H, W, C] */
export function update(perception: tf.Tensor4D, { w1, b1, w2, b2 }: Weights): tf.Tensor4D {
  const [n, h, w, p] = perception.shape;
  const hidden = tf.relu(tf.matMul(perception.reshape([n * h * w, p]), w1).add(b1));
  return tf.matMul(hidden, w2).add(b2).reshape([n, h, w, w2.shape[1]]) as tf.Tensor4D;
}

/** One coin a cell, all channels share it: 1 with probability `fireRate`, else 0, [N, H, W, 1]. */
export function fireMask(
  shape: readonly number[],
  fireRate: number,
  { rngSeed, step }: StepKey,
): tf.Tensor4D {
  const [n, h, w] = shape;
  const coins = new Float32Array(n * h * w);
  for (let sample = 0; sample < n; sample++) {
    const key = combine(combine(rngSeed, sample), step);
    for (let cell = 0; cell < h * w; cell++) {
      coins[sample * h * w + cell] = fires(key, cell, fireThreshold(fireRate)) ? 1 : 0;
    }
  }
  return tf.tensor4d(coins, [n, h, w, 1]);
}

/** 1 where the 3x3 maximum of alpha is above 0.1, else 0, [N, H, W, 1]; no gradient passes. */
export function aliveMask(state: tf.Tensor4D): tf.Tensor4D {
  const mask = tf.customGrad((input) => {
    const cells = input as tf.Tensor4D;
    const alpha = cells.slice([0, 0, 0, ALPHA], [-1, -1, -1, 1]);
    const value = tf
      .maxPool(alpha as tf.Tensor4D, 3, 1, "same")
      .greater(ALIVE_THRESHOLD)
      .cast("float32");
    return { value, gradFunc: () => tf.zerosLike(cells) };
  });
  return mask(state) as tf.Tensor4D;
}

/** One CA step: x' = (x + fire * dx) * life. */
export function caStep(state: tf.Tensor4D, weights: Weights, spec: RuleSpec, key: StepKey): tf.Tensor4D {
  const dx = update(perceive(state, spec), weights);
  const next = state.add(dx.mul(fireMask(state.shape, spec.fireRate, key))) as tf.Tensor4D;
  if (spec.aliveMask === "none") return next;
  const pre = aliveMask(state);
  return next.mul(spec.aliveMask === "pre" ? pre : pre.mul(aliveMask(next)));
}
