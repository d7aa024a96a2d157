// What a training will cost, told before its first step: how many cells will live, for how long, and what is cheaper.

import { ALPHA, RGBA } from "../../lib/cells/cells.js";
import type * as nca from "../../lib/node.js";
import { percent } from "./text.js";
import type { TrainValues } from "./train-flags.js";

/** A training that takes longer is worth a word about shorter ones, in minutes. */
const LONG = 3;
/** Batches above this cost more than they teach. */
const SMALL_BATCH = 4;
const SMALL_SIZE = 24;

export interface Cost {
  /** Cells of the picture that live, out of those of the grid. */
  readonly living: number;
  readonly cells: number;
  /** Whether the picture has no transparency. */
  readonly isOpaque: boolean;
  /** Of one training step with grown patterns, measured. */
  readonly seconds: number;
}

/** Measures a step's rollout and gradient on a batch of grown patterns: the training itself stays as it is. */
export async function costOf({ task, rule, options, engine }: nca.Trainer): Promise<Cost | undefined> {
  const { picture } = task;
  if (!picture) return undefined;
  const nca = await import("../../lib/node.js");
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
  await rollout(1); // starts the threads
  return {
    living: nca.livingCells(picture),
    cells: picture.height * picture.width,
    isOpaque: nca.isOpaque(picture),
    seconds: await rollout(steps),
  };
}

/** The same rule without updates: patterns stay as they are, whatever the rule makes of hidden channels that it never saw. */
function stillRule({ spec, parameters }: nca.Rule): nca.Rule {
  const { w2, b2 } = parameters;
  return {
    spec,
    parameters: { ...parameters, w2: new Float32Array(w2.length), b2: new Float32Array(b2.length) },
  };
}

const area = ({ count, height, width }: nca.Cells) => count * height * width;

/** Samples that show the picture, their hidden channels as alpha. */
function grownBatch(picture: nca.Target, { spec }: nca.Rule, count: number): nca.Cells {
  const { height, width, premultiplied } = picture;
  const { channels } = spec;
  const data = new Float32Array(count * height * width * channels);
  for (let cell = 0; cell < count * height * width; cell++) {
    const from = (cell % (height * width)) * RGBA;
    for (let c = 0; c < channels; c++) data[cell * channels + c] = picture.data[from + Math.min(c, ALPHA)];
  }
  return { data, count, height, width, channels, premultiplied };
}

/** The cost in words, and cheaper ways where it is high. */
export function costText(cost: Cost, steps: number, values: TrainValues, batch: number): string[] {
  const { living, cells, isOpaque, seconds } = cost;
  const minutes = (steps * seconds) / 60;
  const number = (value: number) => value.toLocaleString("en");
  const long = minutes < 1 ? "less than a minute" : `about ${number(Math.round(minutes))} min`;
  const first =
    `${number(living)} of ${number(cells)} cells will live; ${number(steps)} training steps take ${long} ` +
    `(${seconds.toFixed(2)} s each with grown patterns).`;
  const cheaper = [
    values.size > SMALL_SIZE &&
      `--size ${SMALL_SIZE} has ${percent(SMALL_SIZE ** 2 / values.size ** 2)} of the cells`,
    batch > SMALL_BATCH &&
      `--batch ${SMALL_BATCH} --average 0.99 takes ${percent(SMALL_BATCH / batch)} of the time a step`,
    !values.from &&
      !values.host &&
      "--from lizard, or another trained rule, takes half of the steps or fewer",
  ].filter((way) => way !== false);
  const opaque = "Every cell of the picture lives, for it has no transparency: that is the slowest to learn.";
  const advice = minutes > LONG && cheaper.length > 0 ? [`Faster: ${cheaper.join("; ")}.`] : [];
  return [first, ...(isOpaque ? [opaque] : []), ...advice];
}
