// Our own training step and CA step. Imports the engine and what a step needs, not the library's index: TensorFlow.js,
// which it would bring, does not belong to the engine's memory.

import { engine } from "../../lib/engine/wasm/wasm.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import { mean, pictureLosses, pictureLossGradient } from "../../lib/train/loss.js";
import { LEARNING_RATE, RNG_SEED, serve } from "./serve.js";

await serve(({ rule, cells }, mode) => {
  const { height, width } = cells;
  const blank = { data: new Float32Array(height * width * 4), height, width };
  const adam = new Adam(rule);
  return (steps) => {
    if (mode === "infer") {
      const grown = engine().grow(rule, cells, { steps, rngSeed: RNG_SEED });
      return { loss: () => mean(pictureLosses(grown, blank)) };
    }
    const run = engine().rollout(rule, cells, { steps, rngSeed: RNG_SEED });
    const losses = pictureLosses(run.cells, blank);
    const dParameters = run.parameterGradient(pictureLossGradient(run.cells, blank));
    normalizeGradient(dParameters);
    adam.update(dParameters, LEARNING_RATE);
    return { loss: () => mean(losses) };
  };
});
