// Our own training step and CA step. Imports the engine and what a step needs, not the library's index: TensorFlow.js,
// which it would bring, does not belong to the engine's memory.

import { cellsOf } from "../../lib/cells/cells.js";
import { mean } from "../../lib/cells/statistics.js";
import { engineFor } from "../../lib/engine/engines.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import { pictureLosses, pictureLossGradient } from "../../lib/cells/picture-loss.js";
import { LEARNING_RATE, RNG_SEED, serve } from "./serve.js";

await serve(({ rule, cells }, mode) => {
  const { height, width } = cells;
  const blank = cellsOf(new Float32Array(height * width * 4), { height, width });
  const engine = engineFor(rule.spec);
  const adam = new Adam(rule);
  return async (steps) => {
    if (mode === "infer") {
      const grown = await engine.grow(rule, cells, { steps, rngSeed: RNG_SEED });
      return { loss: () => mean(pictureLosses(grown, blank)) };
    }
    const run = await engine.rollout(rule, cells, { steps, rngSeed: RNG_SEED });
    const losses = pictureLosses(run.cells, blank);
    const dParameters = await run.parameterGradient(pictureLossGradient(run.cells, blank));
    normalizeGradient(dParameters);
    adam.update(dParameters, LEARNING_RATE);
    return { loss: () => mean(losses) };
  };
});
