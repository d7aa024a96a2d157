// The engine's plain twin: the same rollout and gradient, every cell computed, one number after the other. What the
// kernels are tested against, bit for bit; slow on purpose, and the place to read what they do.

import { ALPHA, type Cells } from "../../cells/cells.js";
import { combine, fires, fireThreshold } from "../../cells/random.js";
import { filtersOf } from "../../rule/filters.js";
import { ALIVE_THRESHOLD, type Parameters, type Rule } from "../../rule/rule.js";
import type { Strains } from "../../rule/strains.js";
import { type RolloutOptions, type Rules, strainsOf } from "../wasm/job.js";

/** float32 arithmetic for comparing bits, or float64 for comparing with finite differences. */
export type Round = (value: number) => number;
const exact: Round = (value) => value;

type Numbers = Float32Array | Float64Array;

/** What the forward pass of one CA step leaves for the backward pass; every array is [cells][...]. */
interface Trace {
  readonly perception: number[][];
  readonly hidden: number[][];
  readonly fired: boolean[];
  readonly life: boolean[];
  /** The rule that each cell follows. */
  readonly rules: Rule[];
}

interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Calls back for every neighbour inside the grid: its position 0-8 and its cell. */
function eachNeighbour(grid: Grid, cell: number, visit: (j: number, neighbour: number) => void): void {
  const row = Math.floor(cell / grid.width);
  const column = cell % grid.width;
  for (let j = 0; j < 9; j++) {
    const y = row + Math.floor(j / 3) - 1;
    const x = column + (j % 3) - 1;
    if (y >= 0 && y < grid.height && x >= 0 && x < grid.width) visit(j, y * grid.width + x);
  }
}

/** 3x3 maximum of alpha above the threshold. */
function aliveOf(grid: Grid, state: Numbers): boolean[] {
  return Array.from({ length: grid.height * grid.width }, (_, cell) => {
    let alive = false;
    eachNeighbour(grid, cell, (_j, neighbour) => {
      alive ||= state[neighbour * grid.channels + ALPHA] > Math.fround(ALIVE_THRESHOLD);
    });
    return alive;
  });
}

/** y[filter][channel] of one cell. */
function perceive(grid: Grid, state: Numbers, cell: number, filters: Float32Array[], round: Round): number[] {
  const y: number[] = new Array(filters.length * grid.channels).fill(0);
  eachNeighbour(grid, cell, (j, neighbour) => {
    filters.forEach((filter, k) => {
      if (filter[j] === 0) return;
      for (let channel = 0; channel < grid.channels; channel++) {
        const at = k * grid.channels + channel;
        y[at] = round(y[at] + round(filter[j] * state[neighbour * grid.channels + channel]));
      }
    });
  });
  return y;
}

/** input W + bias; W [input, units]. */
function dense(input: number[], weights: Numbers, bias: Numbers, round: Round): number[] {
  return Array.from(bias, (start, unit) =>
    input.reduce((sum, x, i) => round(sum + round(x * weights[i * bias.length + unit])), start),
  );
}

/** The strains of all cells before a step; see `Strains`. */
function spreadStrains(
  { spread }: Strains,
  grid: Grid,
  before: Uint8Array,
  pre: boolean[],
  stepKey: number,
): void {
  const next = before.map((own, cell) => {
    let strain = pre[cell] ? own : 0;
    spread.forEach((chances, other) => {
      let near = false;
      eachNeighbour(grid, cell, (_j, neighbour) => {
        near ||= pre[neighbour] && before[neighbour] === other;
      });
      if (!near) return;
      const coin = () => fires(combine(stepKey, 1 + other), cell, fireThreshold(chances[own]));
      if (!pre[cell] || (own !== other && coin())) strain = other;
    });
    return strain;
  });
  before.set(next);
}

function step(
  strains: Strains,
  grid: Grid,
  state: Numbers,
  strainOf: Uint8Array,
  stepKey: number,
  round: Round,
): Trace {
  const [{ spec }] = strains.rules;
  const filters = filtersOf(spec.perception, spec.angle);
  const all = Array.from({ length: grid.height * grid.width }, (_, cell) => cell);
  const pre = spec.aliveMask === "none" ? all.map(() => true) : aliveOf(grid, state);
  spreadStrains(strains, grid, strainOf, pre, stepKey);
  const rules = all.map((cell) => strains.rules[strainOf[cell]]);
  const perception = all.map((cell) => perceive(grid, state, cell, filters, round));
  const hidden = perception.map((y, cell) => {
    const { w1, b1 } = rules[cell].parameters;
    return dense(y, w1, b1, round).map((h) => Math.max(h, 0));
  });
  const fired = all.map((cell) => fires(stepKey, cell, fireThreshold(spec.fireRate)));
  for (const cell of all.filter((cell) => fired[cell])) {
    const { w2, b2 } = rules[cell].parameters;
    const dx = dense(hidden[cell], w2, b2, round);
    for (let channel = 0; channel < grid.channels; channel++) {
      const at = cell * grid.channels + channel;
      state[at] = round(state[at] + dx[channel]);
    }
  }
  const post = spec.aliveMask === "pre-and-post" ? aliveOf(grid, state) : pre;
  const life = all.map((cell) => pre[cell] && post[cell]);
  for (const cell of all) if (!life[cell]) state.fill(0, cell * grid.channels, (cell + 1) * grid.channels);
  return { perception, hidden, fired, life, rules };
}

/** From dState after the step, in place, to dState before it; adds to the gradient of one rule's parameters. */
function stepBackward(rule: Rule, grid: Grid, trace: Trace, dState: Float64Array, sums: Gradient): void {
  const { spec } = rule;
  const { channels } = grid;
  const filters = filtersOf(spec.perception, spec.angle);
  const after = dState.map((d, i) => (trace.life[Math.floor(i / channels)] ? d : 0));
  dState.set(after);
  trace.fired.forEach((fired, cell) => {
    if (!fired || !trace.life[cell]) return;
    const { parameters } = trace.rules[cell];
    const trained = trace.rules[cell] === rule;
    const y = trace.perception[cell];
    const h = trace.hidden[cell];
    const dx = after.subarray(cell * channels, (cell + 1) * channels);
    const dh = h.map((value, unit) =>
      value > 0 ? dx.reduce((sum, d, channel) => sum + d * parameters.w2[unit * channels + channel], 0) : 0,
    );
    if (trained)
      dx.forEach((d, channel) => {
        sums.b2[channel] += d;
        h.forEach((value, unit) => {
          sums.w2[unit * channels + channel] += value * d;
        });
      });
    if (trained)
      dh.forEach((d, unit) => {
        sums.b1[unit] += d;
        y.forEach((value, feature) => {
          sums.w1[feature * h.length + unit] += value * d;
        });
      });
    const dy = y.map((_, feature) =>
      dh.reduce((sum, d, unit) => sum + d * parameters.w1[feature * h.length + unit], 0),
    );
    eachNeighbour(grid, cell, (j, neighbour) => {
      filters.forEach((filter, k) => {
        for (let channel = 0; channel < channels; channel++) {
          dState[neighbour * channels + channel] += filter[j] * dy[k * channels + channel];
        }
      });
    });
  });
}

/** A gradient in float64. */
export type Gradient = Record<keyof Parameters, Float64Array>;

/** The rollout of a batch, and its way back in float64. */
export interface PlainRollout {
  readonly data: Numbers;
  readonly strains: Uint8Array;
  backward(dCells: ArrayLike<number>, trained?: number): { dCells: Float64Array; dParameters: Gradient };
}

/**
 * Runs the rules on every cell of every sample. With `Math.fround` the result equals the engine's bit for bit;
 * without, it is float64 throughout (parameters may then be float64 as well).
 */
export function plainRollout(
  rules: Rules,
  cells: Cells,
  options: RolloutOptions,
  round = exact,
): PlainRollout {
  const strains = strainsOf(rules);
  const strainOf = cells.strains?.slice() ?? new Uint8Array(cells.count * cells.height * cells.width);
  const { steps, rngSeed, firstStep = 0 } = options;
  const size = cells.height * cells.width * cells.channels;
  const data = round === exact ? Float64Array.from(cells.data) : cells.data.slice();
  const traces = Array.from({ length: cells.count }, (_, sample) => {
    const state = data.subarray(sample * size, (sample + 1) * size);
    const area = cells.height * cells.width;
    const own = strainOf.subarray(sample * area, (sample + 1) * area);
    const key = combine(rngSeed, sample);
    return Array.from({ length: steps }, (_, t) =>
      step(strains, cells, state, own, combine(key, firstStep + t), round),
    );
  });
  const backward = (dLast: ArrayLike<number>, trained = 0) => {
    const dCells = Float64Array.from(dLast);
    const rule = strains.rules[trained];
    const { w1, b1, w2, b2 } = rule.parameters;
    const dParameters: Gradient = {
      w1: new Float64Array(w1.length),
      b1: new Float64Array(b1.length),
      w2: new Float64Array(w2.length),
      b2: new Float64Array(b2.length),
    };
    traces.forEach((trace, sample) => {
      const dState = dCells.subarray(sample * size, (sample + 1) * size);
      for (const one of trace.toReversed()) stepBackward(rule, cells, one, dState, dParameters);
    });
    return { dCells, dParameters };
  };
  return { data, strains: strainOf, backward };
}
