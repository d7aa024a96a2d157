// What a training will cost, measured before its first step.

import { ALPHA, type Cells, RGBA, type Target } from "../cells/cells.js";
import { isOpaque } from "../io/target-facts.js";
import type { Rule } from "../rule/rule.js";
import { livingCells } from "../rule/seeds.js";
import type { Trainer } from "./trainer.js";

export interface StepCost {
  /** Cells of the picture that live, out of those of the grid. */
  readonly living: number;
  readonly cells: number;
  /** Whether the picture has no transparency. */
  readonly isOpaque: boolean;
  /** Of one training step with grown patterns, measured. */
  readonly seconds: number;
}

/**
 * Measures the rollout and gradient of a training step on a batch of grown patterns; the training itself stays as it is.
 * Undefined for a task whose loss is not against a picture.
 */
export async function stepCost({ task, rule, options, engine }: Trainer): Promise<StepCost | undefined> {
  const { picture } = task;
  if (!picture) return undefined;
  const { rules, trained } = task.strainsWith(rule);
  const still = "rules" in rules ? { ...rules, rules: rules.rules.map(stillRule) } : stillRule(rules);
  const batch = grownBatch(picture, rule, options.batch);
  const cells = "rules" in rules ? { ...batch, strains: new Uint8Array(area(batch)).fill(trained) } : batch;
  const steps = Math.round((options.rollout[0] + options.rollout[1]) / 2);
  const rollout = async (steps: number) => {
    const start = performance.now();
    const run = await engine.rollout(still, cells, { steps, rngSeed: 0, trained });
    await run.parameterGradient(new Float32Array(cells.data.length));
    return (performance.now() - start) / 1000;
  };
  await rollout(engine.learner ? steps : 1); // starts the threads, or makes room for so many steps on a device
  return {
    living: livingCells(picture),
    cells: picture.height * picture.width,
    isOpaque: isOpaque(picture),
    seconds: await rollout(steps),
  };
}

/** The same rule without updates: patterns stay as they are, whatever the rule makes of hidden channels that it never saw. */
function stillRule({ spec, parameters }: Rule): Rule {
  const { w2, b2 } = parameters;
  return {
    spec,
    parameters: { ...parameters, w2: new Float32Array(w2.length), b2: new Float32Array(b2.length) },
  };
}

const area = ({ count, height, width }: Cells) => count * height * width;

/** Samples that show the picture, their hidden channels as alpha. */
function grownBatch(picture: Target, { spec }: Rule, count: number): Cells {
  const { height, width, premultiplied } = picture;
  const { channels } = spec;
  const data = new Float32Array(count * height * width * channels);
  for (let cell = 0; cell < count * height * width; cell++) {
    const from = (cell % (height * width)) * RGBA;
    for (let c = 0; c < channels; c++) data[cell * channels + c] = picture.data[from + Math.min(c, ALPHA)];
  }
  return { data, count, height, width, channels, premultiplied };
}
