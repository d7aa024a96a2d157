// Rules and cells as the kernels hold them: channels and hidden units padded to multiples of four.

import type { Cells } from "../../cells/cells.js";
import { combine, fireThreshold } from "../../cells/random.js";
import { hitOf, type Wound } from "../../cells/wound.js";
import { filtersOf } from "../../rule/filters.js";
import { type Parameters, zeroParameters } from "../../rule/rule.js";
import type { RuleSpec } from "../../rule/spec.js";
import type { Strains } from "../../rule/strains.js";
import type { Sizes } from "./shape.js";

/** Calls `to` with the place of every parameter in a file's order and in the kernels'. */
function eachWeight(
  spec: RuleSpec,
  sizes: Sizes,
  to: Record<keyof Parameters, (from: number, at: number) => void>,
) {
  const { channels, hidden } = spec;
  const { channelVecs, hiddenPadded, w2, b1, b2, filters } = sizes;
  for (let unit = 0; unit < hidden; unit++) {
    for (let feature = 0; feature < filters * channels; feature++) {
      const [filter, channel] = [Math.floor(feature / channels), feature % channels];
      const k = filter * channelVecs + (channel >> 2);
      to.w1(feature * hidden + unit, (k * hiddenPadded + unit) * 4 + (channel & 3));
    }
    for (let channel = 0; channel < channels; channel++) {
      to.w2(unit * channels + channel, (w2 + (channel >> 2) * hiddenPadded + unit) * 4 + (channel & 3));
    }
    to.b1(unit, b1 * 4 + unit);
  }
  for (let channel = 0; channel < channels; channel++) to.b2(channel, b2 * 4 + channel);
}

/** A rule's parameters in the kernels' order: W1 [features / 4, units, 4], W2 [channels / 4, units, 4], b1, b2. */
export function packParameters(spec: RuleSpec, { w1, b1, w2, b2 }: Parameters, sizes: Sizes): Float32Array {
  const packed = new Float32Array(sizes.ruleVecs * 4);
  const put = (numbers: Float32Array) => (from: number, at: number) => {
    packed[at] = numbers[from];
  };
  eachWeight(spec, sizes, { w1: put(w1), b1: put(b1), w2: put(w2), b2: put(b2) });
  return packed;
}

/** The way back. */
export function unpackParameters(spec: RuleSpec, packed: Float32Array, sizes: Sizes): Parameters {
  const parameters = zeroParameters(spec);
  const take = (numbers: Float32Array) => (to: number, at: number) => {
    numbers[to] = packed[at];
  };
  const { w1, b1, w2, b2 } = parameters;
  eachWeight(spec, sizes, { w1: take(w1), b1: take(b1), w2: take(w2), b2: take(b2) });
  return parameters;
}

/** All rules on the grid, one after the other, without what `transpose.wgsl` makes of them. */
export function packRules({ rules }: Strains, sizes: Sizes): Float32Array {
  const packed = new Float32Array(rules.length * sizes.weightVecs * 4);
  rules.forEach(({ spec, parameters }, i) => {
    packed.set(packParameters(spec, parameters, sizes), i * sizes.weightVecs * 4);
  });
  return packed;
}

/** Every filter's weight of each of the nine neighbours, [9, filters], padded to multiples of four. */
export function packFilters({ perception, angle }: RuleSpec): Float32Array {
  const filters = filtersOf(perception, angle);
  const row = Math.ceil(filters.length / 4) * 4;
  const packed = new Float32Array(9 * row);
  filters.forEach((filter, f) => {
    for (let j = 0; j < 9; j++) packed[j * row + f] = filter[j];
  });
  return packed;
}

/** spread[s][t] as chances of 2^24, in rows of four. */
export function packSpread({ spread }: Strains): Uint32Array {
  return Uint32Array.from(spread.flatMap((row) => [0, 1, 2, 3].map((t) => fireThreshold(row[t] ?? 0))));
}

/** What a sample of a rollout is: see `Sample` in step.wgsl. */
export function packSamples(
  count: number,
  { rngSeed, start, end, firstCoin }: { rngSeed: number; start: number; end: number; firstCoin: number },
): Int32Array {
  const words = Array.from({ length: count }, (_, i) => [combine(rngSeed, i) | 0, start, end, firstCoin]);
  return Int32Array.from(words.flat());
}

/** Numbers of cells, [cells, channels], with as many channels as whole vecs have. */
export function padChannels(data: Float32Array, channels: number, { channelVecs }: Sizes): Float32Array {
  const padded = channelVecs * 4;
  if (padded === channels) return data;
  const wide = new Float32Array((data.length / channels) * padded);
  for (let cell = 0; cell * channels < data.length; cell++) {
    wide.set(data.subarray(cell * channels, (cell + 1) * channels), cell * padded);
  }
  return wide;
}

/** The way back. */
export function stripChannels(data: Float32Array, channels: number, { channelVecs }: Sizes): Float32Array {
  const padded = channelVecs * 4;
  if (padded === channels) return data;
  const narrow = new Float32Array((data.length / padded) * channels);
  for (let cell = 0; cell * padded < data.length; cell++) {
    narrow.set(data.subarray(cell * padded, cell * padded + channels), cell * channels);
  }
  return narrow;
}

/** Which cells of a grid a wound empties, a bit each. */
export function woundBits(wound: Wound, height: number, width: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil((height * width) / 32));
  const isHit = hitOf(wound, height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = y * width + x;
      if (isHit(x, y)) bits[cell >> 5] |= 1 << (cell & 31);
    }
  }
  return bits;
}

/** Bits of a word about a cell: see step.wgsl. */
const [ALIVE, WRITTEN, STRAIN_SHIFT] = [2, 8, 8];

/** The words before the first step: every cell and tile may live, and a cell has its strain. */
export function firstWords({ strains }: Cells, { words: count }: Pick<Sizes, "words">): Uint32Array {
  const words = new Uint32Array(count).fill(ALIVE | WRITTEN);
  strains?.forEach((strain, cell) => {
    words[cell] |= strain << STRAIN_SHIFT;
  });
  return words;
}

/** Every cell's strain in the words after a step. */
export function strainsIn(words: Uint32Array): Uint8Array {
  return Uint8Array.from(words, (word) => word >>> STRAIN_SHIFT);
}
