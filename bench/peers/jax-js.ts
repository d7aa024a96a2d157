// jax-js (https://github.com/ekzhang/jax-js) on its WebAssembly backend: perception by shifted slices, two dense
// layers, fire mask and alive masks, the gradient of the loss.
//
// Of several ways to write it this is the fastest: a function compiled for each part. Compiled as one, the parts fuse,
// and a cell's perception is computed anew for every hidden unit; its convolution takes four times as long.

import { init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { combine, fires, fireThreshold } from "../../lib/cells/random.js";
import { filtersOf } from "../../lib/rule/filters.js";
import { shapesOf } from "../../lib/rule/rule.js";
import { ALIVE_THRESHOLD, type RuleSpec } from "../../lib/rule/spec.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import type { Workload } from "../workloads.js";
import { LEARNING_RATE, RNG_SEED, serve } from "./serve.js";

type Weights = { w1: np.Array; b1: np.Array; w2: np.Array; b2: np.Array };

await init("wasm");

/** Every filter on every channel: [N, C, H, W] -> [N * H * W, P], filter-major. */
function perceive(spec: RuleSpec) {
  const filters = filtersOf(spec.perception, spec.angle);
  return jit((state: np.Array) => {
    const [n, c, h, w] = state.shape;
    const padded = np.pad(state, { 2: [1, 1], 3: [1, 1] });
    const neighbour = (j: number) => {
      const [top, left] = [Math.floor(j / 3), j % 3];
      return padded.ref.slice([], [], [top, top + h], [left, left + w]);
    };
    const filtered = filters.map((filter) =>
      [...filter]
        .flatMap((weight, j) =>
          weight === 0 ? [] : [weight === 1 ? neighbour(j) : neighbour(j).mul(weight)],
        )
        .reduce((sum, term) => sum.add(term)),
    );
    padded.dispose();
    return np
      .concatenate(filtered, 1)
      .transpose([0, 2, 3, 1])
      .reshape([n * h * w, filters.length * c]);
  });
}

/** 1 where the 3x3 maximum of alpha is above 0.1, [N, 1, H, W]; no gradient passes. */
function alive(state: np.Array): np.Array {
  const [n, , h, w] = state.shape;
  const alpha = lax.stopGradient(state).slice([], 3);
  const most = lax.reduceWindow(np.pad(alpha, { 1: [1, 1], 2: [1, 1] }), np.max, [1, 3, 3], [1, 1, 1]);
  return most.greater(ALIVE_THRESHOLD).astype(np.float32).reshape([n, 1, h, w]);
}

/** x' = (x + fire * dx) * life; dx [N * H * W, C], fire [N, 1, H, W] */
function apply({ aliveMask }: RuleSpec) {
  return jit((state: np.Array, dx: np.Array, fire: np.Array) => {
    const [n, c, h, w] = state.shape;
    const pre = aliveMask === "none" ? undefined : alive(state.ref);
    const next = state.add(dx.reshape([n, h, w, c]).transpose([0, 3, 1, 2]).mul(fire));
    if (!pre) return next;
    if (aliveMask === "pre") return next.mul(pre);
    const post = alive(next.ref);
    return next.mul(pre).mul(post);
  });
}

/** One CA step; takes over its arguments, as all of jax-js does. */
function caStep(spec: RuleSpec) {
  const sense = perceive(spec);
  const move = apply(spec);
  const first = jit((y: np.Array, w: np.Array, b: np.Array) => nn.relu(np.dot(y, w).add(b)));
  const second = jit((h: np.Array, w: np.Array, b: np.Array) => np.dot(h, w).add(b));
  return (state: np.Array, { w1, b1, w2, b2 }: Weights, fire: np.Array) => {
    const hidden = first(sense(state.ref), w1, b1);
    return move(state, second(hidden, w2, b2), fire);
  };
}

/** The fire mask of a CA step, [N, 1, H, W]. */
function coins({ rule, cells }: Workload, step: number): np.Array {
  const { count, height, width } = cells;
  const area = height * width;
  const threshold = fireThreshold(rule.spec.fireRate);
  const mask = new Float32Array(count * area);
  for (let sample = 0; sample < count; sample++) {
    const key = combine(combine(RNG_SEED, sample), step);
    for (let cell = 0; cell < area; cell++) mask[sample * area + cell] = fires(key, cell, threshold) ? 1 : 0;
  }
  return np.array(mask).reshape([count, 1, height, width]);
}

function weightsOf({ spec, parameters }: Workload["rule"]): Weights {
  const shapes = shapesOf(spec);
  const weight = (name: keyof Weights) => np.array(parameters[name].slice()).reshape(shapes[name]);
  return { w1: weight("w1"), b1: weight("b1"), w2: weight("w2"), b2: weight("b2") };
}

/** The loss of a state, a scalar. */
const meanSquare = (state: np.Array) => np.square(state.slice([], [0, 4])).mean();
const read = async (scalar: np.Array) => (await scalar.data())[0];

await serve((workload, mode) => {
  const { rule, cells } = workload;
  const step = caStep(rule.spec);
  const adam = new Adam(rule);
  const start = np
    .array(cells.data)
    .reshape([cells.count, cells.height, cells.width, cells.channels])
    .transpose([0, 3, 1, 2]);
  const rollout = (weights: Weights, steps: number) => {
    let state = start.ref;
    for (let i = 0; i < steps; i++) state = step(state, tree.ref(weights), coins(workload, i));
    tree.dispose(weights);
    return state;
  };
  return async (steps) => {
    if (mode === "infer") {
      const state = rollout(weightsOf(rule), steps);
      await state.ref.data();
      return { loss: () => read(meanSquare(state)) };
    }
    const loss = (weights: Weights) => meanSquare(rollout(weights, steps));
    const [value, gradients] = valueAndGrad(loss)(weightsOf(rule));
    const { w1, b1, w2, b2 } = gradients as Weights;
    const numbers = async (tensor: np.Array) => (await tensor.data()) as Float32Array;
    const gradient = {
      w1: await numbers(w1),
      b1: await numbers(b1),
      w2: await numbers(w2),
      b2: await numbers(b2),
    };
    normalizeGradient(gradient);
    adam.update(gradient, LEARNING_RATE);
    return { loss: () => read(value) };
  };
});
