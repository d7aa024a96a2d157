// Training watched in a notebook: step, log loss, speed and time left, the curve, and the batch as it grows, drawn in
// place below the cell. Outside a notebook nothing is shown.

import type { Cells, Target } from "../cells/cells.js";
import { RGBA } from "../cells/cells.js";
import { mean } from "../cells/statistics.js";
import type { Rule } from "../rule/rule.js";
import { logLossText } from "../train/loss.js";
import type { Task } from "../train/task.js";
import type { TrainingStep } from "../train/trainer.js";
import { training as plainTraining, type TrainOptions } from "../train/training.js";
import { pictures } from "../view/picture.js";
import { rasterised } from "../view/raster.js";
import { stacked } from "../view/stack.js";
import { lossCurve, Redrawing } from "./chart.js";
import { notebook, type Place } from "./kernel.js";

/** The speed is the mean over this many training steps. */
const RECENT = 20;
const CHART = { width: 680, height: 260 };
const MINUTE = 60;

export interface WatchedOptions extends TrainOptions {
  /** Shows nothing: for a chart of your own (`onStep: chart.update`). */
  readonly quiet?: boolean;
  /** The chart's title. */
  readonly title?: string;
}

/**
 * Trains a rule in place to the end, on a picture to grow or on a task, and shows how it goes: 8,000 training steps of
 * Distill's recipe, `RECIPE`, unless told otherwise. A second call goes on from the weights that the first one left.
 */
export async function train(rule: Rule, goal: Target | Task, options: WatchedOptions = {}): Promise<void> {
  for await (const _ of training(rule, goal, options));
}

/** As `train`, step by step: `for await (const { step, loss } of training(rule, target)) ...` */
export async function* training(
  rule: Rule,
  goal: Target | Task,
  { quiet = false, title, ...options }: WatchedOptions = {},
): AsyncGenerator<TrainingStep, void> {
  const place = quiet ? undefined : notebook()?.newPlace();
  const watch = place && watching(place, title);
  for await (const step of plainTraining(rule, goal, options)) {
    await watch?.(step);
    yield step;
  }
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / MINUTE)}:${`${whole % MINUTE}`.padStart(2, "0")}`;
}

/** Draws each training step that there is time for. The last drawing shows no times: its bytes are always the same. */
function watching(place: Place, title?: string): (step: TrainingStep) => Promise<void> {
  const curve = lossCurve({ title });
  const redrawing = new Redrawing();
  const recent: number[] = [];
  return async (event) => {
    curve.add(event);
    const { step, steps, logLoss, seconds } = event;
    recent.push(seconds);
    if (recent.length > RECENT) recent.shift();
    const isLast = step >= steps;
    if (redrawing.wait > 0 && !isLast) return;
    const speed = 1 / mean(recent);
    const left = `, ${speed.toFixed(1)} steps/s, ${duration((steps - step) / speed)} left`;
    const count = `training step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`;
    const line = `${count}, log loss ${logLossText(logLoss)}${isLast ? "" : left}`;
    const { after } = await event.states();
    redrawing.draw(() => place({ "image/png": drawn(curve.plot(CHART).svg(), after, line) }));
  };
}

function drawn(svg: string, batch: Cells, line: string): Uint8Array {
  const states = batch.channels < RGBA ? [] : [pictures(batch)];
  return stacked([rasterised(svg), ...states], line).bytes;
}
