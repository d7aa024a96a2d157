// Our own training step and CA step. Imports the engine and what a step needs, not the library's index: TensorFlow.js,
// which it would bring, does not belong to the engine's memory.

import { type Cells, cellsOf, sampleOf, type Target } from "../../lib/cells/cells.js";
import { pictureLosses, pictureLossGradient } from "../../lib/cells/picture-loss.js";
import { mean } from "../../lib/cells/statistics.js";
import { defaultEngine } from "../../lib/engine/engines.js";
import type { Learner, LearnerOrder } from "../../lib/engine/learner.js";
import type { Rule } from "../../lib/rule/rule.js";
import { strainsOf } from "../../lib/rule/strains.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import { STEPS } from "../workloads.js";
import { LEARNING_RATE, RNG_SEED, serve, type Work } from "./serve.js";

/** A learner that starts every step from the same cells. */
function orderOf(rule: Rule, cells: Cells, picture: Target): LearnerOrder {
  const sizes = { batch: cells.count, mostSteps: STEPS, poolSize: 0 };
  return {
    rule,
    strains: strainsOf(rule),
    trained: 0,
    loss: { picture, objective: "mean" },
    average: 0,
    ...sizes,
  };
}

/** Whole training steps on an engine's own device; an update is computed with the step that follows it. */
function stepsOf(learner: Learner, cells: Cells): Work {
  const fresh = Array.from({ length: cells.count }, (_, i) => ({ cells: sampleOf(cells, i) }));
  return async (steps) => {
    const { losses } = await learner.run({ slots: [], fresh, wounds: new Map(), steps, rngSeed: RNG_SEED });
    await learner.learn(LEARNING_RATE);
    return { loss: () => mean(losses) };
  };
}

await serve(({ rule, cells }, mode) => {
  const { height, width } = cells;
  const blank = cellsOf(new Float32Array(height * width * 4), { height, width });
  const engine = defaultEngine();
  const adam = new Adam(rule);
  const learner = mode === "train" ? engine.learner?.(orderOf(rule, cells, blank)) : undefined;
  if (learner) return stepsOf(learner, cells);
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
