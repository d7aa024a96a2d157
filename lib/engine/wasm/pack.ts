// Converts weights, filters and states between their plain order and the order in which the kernels read them.

import type { Cells } from "../../cells/cells.js";
import { filtersOf } from "../../rule/filters.js";
import type { Parameters } from "../../rule/rule.js";
import type { RuleSpec } from "../../rule/spec.js";
import * as L from "./layout.js";
import { MARGIN, type Plan } from "./plan.js";

/** Calls back with the plain and the padded index of every feature. */
function eachFeature(spec: RuleSpec, plan: Plan, visit: (plain: number, padded: number) => void): void {
  for (let filter = 0; filter < plan.filters; filter++) {
    for (let channel = 0; channel < spec.channels; channel++) {
      visit(filter * spec.channels + channel, filter * plan.channels + channel);
    }
  }
}

/** [units / 4][features][4]: the index of a weight in a packed layer. */
function packed(feature: number, unit: number, features: number): number {
  return ((unit >> 2) * features + feature) * L.BLOCK + (unit & 3);
}

/** Writes the weights of one strain's layers, forward and backward (W2 in rows); padding is zero. */
export function packParameters(
  floats: Float32Array,
  plan: Plan,
  spec: RuleSpec,
  parameters: Parameters,
  strain: number,
): void {
  const ruleFloats = plan.words.get(L.RULE_BYTES)! / 4;
  const at = (word: number) => plan.words.get(word)! / 4 + strain * ruleFloats;
  const { w1, b1, w2, b2 } = parameters;
  const { features, hidden, channels } = plan;
  floats.fill(0, at(L.W1_FORWARD), at(L.W1_FORWARD) + ruleFloats);
  eachFeature(spec, plan, (plain, feature) => {
    for (let unit = 0; unit < spec.hidden; unit++) {
      const weight = w1[plain * spec.hidden + unit];
      floats[at(L.W1_FORWARD) + packed(feature, unit, features)] = weight;
      floats[at(L.W1_BACKWARD) + packed(unit, feature, hidden)] = weight;
    }
  });
  for (let unit = 0; unit < spec.hidden; unit++) {
    for (let channel = 0; channel < spec.channels; channel++) {
      const weight = w2[unit * spec.channels + channel];
      floats[at(L.W2_FORWARD) + packed(unit, channel, hidden)] = weight;
      floats[at(L.W2_BACKWARD) + unit * (channels + L.ROW_GAP / 4) + channel] = weight;
    }
  }
  floats.set(b1, at(L.B1));
  floats.set(b2, at(L.B2));
}

/** Adds a sample's padded gradient to the plain one. */
export function addGradient(gradient: Float32Array, plan: Plan, spec: RuleSpec, sum: Parameters): void {
  const { features, hidden, channels } = plan;
  eachFeature(spec, plan, (plain, feature) => {
    for (let unit = 0; unit < spec.hidden; unit++) {
      sum.w1[plain * spec.hidden + unit] += gradient[feature * hidden + unit];
    }
  });
  const b1 = features * hidden;
  for (let unit = 0; unit < spec.hidden; unit++) sum.b1[unit] += gradient[b1 + unit];
  const w2 = b1 + hidden;
  for (let unit = 0; unit < spec.hidden; unit++) {
    for (let channel = 0; channel < spec.channels; channel++) {
      sum.w2[unit * spec.channels + channel] += gradient[w2 + unit * channels + channel];
    }
  }
  const b2 = w2 + hidden * channels;
  for (let channel = 0; channel < spec.channels; channel++) sum.b2[channel] += gradient[b2 + channel];
}

/** Writes the filters twice: by filter for the forward pass, by neighbour for the backward pass. */
export function packFilters(words: Int32Array, floats: Float32Array, plan: Plan, spec: RuleSpec): void {
  const filters = filtersOf(spec.perception, spec.angle);
  const cellBytes = plan.channels * 4;
  const offset = (j: number) => ((Math.floor(j / 3) - 1) * plan.stride + (j % 3) - 1) * cellBytes;
  let at = plan.words.get(L.FILTER_TABLE)! / 4;
  for (const filter of filters) {
    words[at++] = filter.filter((weight) => weight !== 0).length;
    filter.forEach((weight, j) => {
      if (weight === 0) return;
      words[at++] = offset(j);
      floats[at++] = weight;
    });
  }
  at = plan.words.get(L.SCATTER_TABLE)! / 4;
  for (let j = 0; j < 9; j++) {
    words[at++] = offset(j);
    words[at++] = filters.filter((filter) => filter[j] !== 0).length;
    filters.forEach((filter, k) => {
      if (filter[j] === 0) return;
      words[at++] = k * cellBytes;
      floats[at++] = filter[j];
    });
  }
}

/** Calls back with the number of each row of a sample, and where it starts in the padded floats from `start` on. */
function eachRow(plan: Plan, start: number, visit: (row: number, padded: number) => void): void {
  for (let row = 0; row < plan.height; row++) {
    visit(row, start + ((row + 1) * plan.stride + 1) * plan.channels);
  }
}

/** Writes a sample of the cells, with zeros around it. */
export function packCells(floats: Float32Array, plan: Plan, at: number, cells: Cells, sample: number): void {
  const { width, height, channels, data } = cells;
  floats.fill(0, at, at + plan.stateBytes / 4);
  eachRow(plan, at, (row, padded) => {
    const from = (sample * height + row) * width * channels;
    if (channels === plan.channels) {
      floats.set(data.subarray(from, from + width * channels), padded);
      return;
    }
    for (let i = 0; i < width * channels; i++) {
      floats[padded + Math.floor(i / channels) * plan.channels + (i % channels)] = data[from + i];
    }
  });
}

/** Reads a sample of the cells. */
export function unpackCells(
  floats: Float32Array,
  plan: Plan,
  at: number,
  cells: Cells,
  sample: number,
): void {
  const { width, height, channels, data } = cells;
  eachRow(plan, at, (row, padded) => {
    const to = (sample * height + row) * width * channels;
    if (channels === plan.channels) {
      data.set(floats.subarray(padded, padded + width * channels), to);
      return;
    }
    for (let i = 0; i < width * channels; i++) {
      data[to + i] = floats[padded + Math.floor(i / channels) * plan.channels + (i % channels)];
    }
  });
}

/** Writes the strains of a sample's cells as a plane, from byte `at` on; cells without strains are all of the first. */
export function packStrains(bytes: Uint8Array, plan: Plan, at: number, cells: Cells, sample: number): void {
  const { width, height, strains } = cells;
  bytes.fill(0, at - MARGIN, at + plan.planeBytes + MARGIN);
  if (!strains) return;
  for (let row = 0; row < height; row++) {
    const from = (sample * height + row) * width;
    bytes.set(strains.subarray(from, from + width), at + (row + 1) * plan.stride + 1);
  }
}

/** Reads the strains of a sample's cells. */
export function unpackStrains(
  bytes: Uint8Array,
  plan: Plan,
  at: number,
  strains: Uint8Array,
  sample: number,
): void {
  const { width, height } = plan;
  for (let row = 0; row < height; row++) {
    const from = at + (row + 1) * plan.stride + 1;
    strains.set(bytes.subarray(from, from + width), (sample * height + row) * width);
  }
}
