// One CA step of one sample, forward and backward, one cell after the other.

import { fires, fireThreshold } from "../../cells/random.js";
import { filtersOf } from "../../rule/filters.js";
import { featuresOf, type Parameters, type Rule } from "../../rule/rule.js";
import type { RuleSpec } from "../../rule/spec.js";
import type { Strains } from "../../rule/strains.js";
import { dense, denseBackward, denseGradient } from "./dense.js";
import { type Grid, type Numbers, zerosLike } from "./grid.js";
import { aliveMask, spreadStrains } from "./life.js";
import { perceive, perceiveBackward } from "./perceive.js";

/** A gradient in float64. */
export type Gradient = Record<keyof Parameters, Float64Array>;

/** What the backward pass of a step needs to know of its forward pass. */
export interface Trace {
  /** The cells that fired, and for each its strain, its perception [K * C] and its hidden units [D]. */
  readonly fired: readonly number[];
  readonly strains: readonly number[];
  readonly perceptions: readonly Numbers[];
  readonly hidden: readonly Numbers[];
  /** Which cells live after the step, [area]. */
  readonly life: Uint8Array;
}

/**
 * x' = (x + fire * dx) * life
 *
 * @param state [area, C], overwritten
 * @param strainOf [area], overwritten
 */
export function step(
  strains: Strains,
  grid: Grid,
  state: Numbers,
  strainOf: Uint8Array,
  stepKey: number,
): Trace {
  const { area, channels } = grid;
  const [{ spec }] = strains.rules;
  const pre = spec.aliveMask === "none" ? new Uint8Array(area).fill(1) : aliveMask(grid, spec, state);
  spreadStrains(strains, grid, strainOf, pre, stepKey);
  const threshold = fireThreshold(spec.fireRate);
  const fired = Array.from(pre.keys()).filter((cell) => fires(stepKey, cell, threshold));
  const filters = filtersOf(spec.perception, spec.angle);
  const updates = fired.map((cell) => updateOf(strains.rules[strainOf[cell]], grid, filters, state, cell));
  fired.forEach((cell, i) => {
    const { dx } = updates[i];
    for (let channel = 0; channel < channels; channel++) {
      if (!spec.inputs.includes(channel)) state[cell * channels + channel] += dx[channel];
    }
  });
  const post = spec.aliveMask === "pre-and-post" ? aliveMask(grid, spec, state) : pre;
  const life = pre.map((alive, cell) => alive & post[cell]);
  life.forEach((alive, cell) => {
    if (!alive) empty(state, cell, spec);
  });
  return {
    fired,
    strains: fired.map((cell) => strainOf[cell]),
    perceptions: updates.map(({ y }) => y),
    hidden: updates.map(({ h }) => h),
    life,
  };
}

/** Zeroes the numbers of a cell that died, except its inputs. */
function empty(numbers: Numbers, cell: number, { channels, inputs }: RuleSpec): void {
  for (let channel = 0; channel < channels; channel++) {
    if (!inputs.includes(channel)) numbers[cell * channels + channel] = 0;
  }
}

/** y = perception, h = relu(y W1 + b1), dx = h W2 + b2 of one cell. */
function updateOf(
  { spec, parameters }: Rule,
  grid: Grid,
  filters: readonly Float32Array[],
  state: Numbers,
  cell: number,
) {
  const { w1, b1, w2, b2 } = parameters;
  const [y, h, dx] = [featuresOf(spec), spec.hidden, spec.channels].map((length) => zerosLike(state, length));
  const scratch = zerosLike(state, Math.max(spec.hidden, spec.channels));
  perceive(grid, filters, state, cell, y, scratch);
  dense(y, w1, b1, h, scratch);
  for (let unit = 0; unit < h.length; unit++) h[unit] = Math.max(h[unit], 0);
  dense(h, w2, b2, dx, scratch);
  return { y, h, dx };
}

/**
 * Turns dState after the step into dState before it, in place.
 *
 * @param dState [area, C]
 * @param sums the gradient of the trained rule's parameters is added to these
 */
export function stepBackward(
  strains: Strains,
  trained: number,
  grid: Grid,
  trace: Trace,
  dState: Float64Array,
  sums: Gradient,
): void {
  const [{ spec }] = strains.rules;
  const { channels } = grid;
  const filters = filtersOf(spec.perception, spec.angle);
  trace.life.forEach((alive, cell) => {
    if (!alive) empty(dState, cell, spec);
  });
  const after = dState.slice();
  const [dh, dy] = [new Float64Array(spec.hidden), new Float64Array(featuresOf(spec))];
  trace.fired.forEach((cell, i) => {
    if (!trace.life[cell]) return;
    const { w1, w2 } = strains.rules[trace.strains[i]].parameters;
    const [y, h] = [trace.perceptions[i], trace.hidden[i]];
    const dx = after.slice(cell * channels, (cell + 1) * channels);
    for (const channel of spec.inputs) dx[channel] = 0;
    denseBackward(dx, w2, dh);
    for (let unit = 0; unit < dh.length; unit++) if (!(h[unit] > 0)) dh[unit] = 0;
    denseBackward(dh, w1, dy);
    if (trace.strains[i] === trained) {
      denseGradient(h, dx, sums.w2, sums.b2);
      denseGradient(y, dh, sums.w1, sums.b1);
    }
    perceiveBackward(grid, filters, dy, cell, dState);
  });
}
