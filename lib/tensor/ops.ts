// The rule in plain TensorFlow.js operations: the specification that the fused engine is held to.
// Every function takes and returns tensors [N, H, W, ...]; all are differentiable, and the masks carry no gradient.

import * as tf from "@tensorflow/tfjs";
import { combine, fires, fireThreshold } from "../cells/random.js";
import { filtersOf } from "../rule/filters.js";
import { type Boundary, DEFAULT_SPEC, type RuleSpec } from "../rule/spec.js";

/** w1 [P, D], b1 [D], w2 [D, C], b2 [C]. */
export interface Weights {
  readonly w1: tf.Tensor2D;
  readonly b1: tf.Tensor1D;
  readonly w2: tf.Tensor2D;
  readonly b2: tf.Tensor1D;
}

/** Which coins a step tosses: those of the training run or growth that `rngSeed` seeds, at CA step `step`. */
export interface StepKey {
  readonly rngSeed: number;
  readonly step: number;
}

/** The grid and a rim of one cell around it, [N, H + 2, W + 2, C]: zeros, or the cells of the opposite edge. */
function withRim(state: tf.Tensor4D, boundary: Boundary): tf.Tensor4D {
  const [n, h, w, c] = state.shape;
  if (boundary === "zero") {
    return state.pad([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  }
  const tall = tf.concat([state.slice([0, h - 1], [n, 1]), state, state.slice([0, 0], [n, 1])], 1);
  const [left, right] = [
    tall.slice([0, 0, w - 1, 0], [n, h + 2, 1, c]),
    tall.slice([0, 0, 0, 0], [n, h + 2, 1, c]),
  ];
  return tf.concat([left, tall, right], 2) as tf.Tensor4D;
}

/** The raw 3x3 patch around every cell, [N, H, W, 9 * C]: the nine neighbours one after the other. */
export function patches(state: tf.Tensor4D, boundary: Boundary = "zero"): tf.Tensor4D {
  const [n, h, w, c] = state.shape;
  const padded = withRim(state, boundary);
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
  const neighbours = patches(state, spec.boundary).reshape([n * h * w, 9, c]);
  const tiled = matrix.expandDims(0).tile([n * h * w, 1, 1]);
  return tf.matMul(tiled, neighbours).reshape([n, h, w, filters.length * c]) as tf.Tensor4D;
}

/** dx = relu(y W1 + b1) W2 + b2, [N, H, W, C] */
export function update(perception: tf.Tensor4D, { w1, b1, w2, b2 }: Weights): tf.Tensor4D {
  const [n, h, w, p] = perception.shape;
  const hidden = tf.relu(tf.matMul(perception.reshape([n * h * w, p]), w1).add(b1));
  return tf.matMul(hidden, w2).add(b2).reshape([n, h, w, w2.shape[1]]) as tf.Tensor4D;
}

/** One coin per cell, shared by all its channels: 1 with probability `fireRate`, else 0, [N, H, W, 1]. */
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

/**
 * 1 where a cell is alive, else 0, [N, H, W, 1]. A cell is alive where the 3x3 maximum of alpha is above 0.1, unless
 * the specification says otherwise. No gradient passes.
 */
export function aliveMask(state: tf.Tensor4D, spec: RuleSpec = DEFAULT_SPEC): tf.Tensor4D {
  const { aliveChannel, aliveThreshold, aliveReach, boundary } = spec;
  const mask = tf.customGrad((input) => {
    const cells = input as tf.Tensor4D;
    const channel = cells.slice([0, 0, 0, aliveChannel], [-1, -1, -1, 1]) as tf.Tensor4D;
    const most =
      aliveReach === "cell"
        ? channel
        : boundary === "torus"
          ? tf.maxPool(withRim(channel, boundary), 3, 1, "valid")
          : tf.maxPool(channel, 3, 1, "same");
    return { value: most.greater(aliveThreshold).cast("float32"), gradFunc: () => tf.zerosLike(cells) };
  });
  return mask(state) as tf.Tensor4D;
}

/** 1 for every channel that is an input, else 0, [C]. */
function inputMask({ channels, inputs }: RuleSpec): tf.Tensor1D {
  return tf.tensor1d(Array.from({ length: channels }, (_, channel) => Number(inputs.includes(channel))));
}

/** One CA step: x' = (x + fire * dx) * life, where inputs neither change nor die. */
export function caStep(state: tf.Tensor4D, weights: Weights, spec: RuleSpec, key: StepKey): tf.Tensor4D {
  const inputs = inputMask(spec);
  const dx = update(perceive(state, spec), weights).mul(tf.sub(1, inputs));
  const next = state.add(dx.mul(fireMask(state.shape, spec.fireRate, key))) as tf.Tensor4D;
  if (spec.aliveMask === "none") return next;
  const pre = aliveMask(state, spec);
  const life = spec.aliveMask === "pre" ? pre : pre.mul(aliveMask(next, spec));
  return next.mul(life.mul(tf.sub(1, inputs)).add(inputs));
}
