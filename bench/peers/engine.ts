// Our own training step and CA step. Imports the engine and what a step needs, not the library's index: TensorFlow.js,
// which it would bring, does not belong to the engine's memory.

import { engine } from "../../lib/engine/engine.js";
import { cloneRule } from "../../lib/rule/rule.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import { pictureLosses, pictureLossGradient } from "../../lib/train/loss.js";
import { RNG_SEED, serve } from "./serve.js";

await serve(({ rule, cells }, mode) => {
  const { height, width } = cells;
  const target = { data: new Float32Array(height * width * 4), height, width };
  const adam = new Adam(cloneRule(rule)); // another rule's weights move, so that every turn does the same work
  return (steps) => {
    if (mode === "infer") {
      engine().grow(rule, cells, { steps, rngSeed: RNG_SEED });
      return;
    }
    const run = engine().rollout(rule, cells, { steps, rngSeed: RNG_SEED });
    pictureLosses(run.cells, target);
    const { dParameters } = run.backward(pictureLossGradient(run.cells, target));
    normalizeGradient(dParameters);
    adam.update(dParameters, 2e-3);
  };
});
