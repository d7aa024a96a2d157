// What a training will cost, told before its first step: how many cells will live, for how long, and what is cheaper.

import type * as nca from "../../lib/node.js";
import { percent } from "./text.js";
import type { TrainValues } from "./train-flags.js";

/** A training that takes longer is worth a word about shorter ones, in minutes. */
const LONG = 3;
/** Batches above this cost more than they teach. */
const SMALL_BATCH = 4;
const SMALL_SIZE = 24;

/** The cost in words, and cheaper ways where it is high. */
export function costText(cost: nca.StepCost, steps: number, values: TrainValues, batch: number): string[] {
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
