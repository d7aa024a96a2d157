// The task of agreeing on what one is: every cell of a digit is to say which digit it is part of.

import { ALPHA, type Cells, copyCells } from "../cells/cells.js";
import { hashOf, hex, type Random } from "../cells/random.js";
import type { Sample } from "../cells/sample.js";
import type { Task } from "../train/task.js";
import { type Agreement, agreementOf } from "./agreement.js";
import {
  cellsOfDigits,
  checkDigits,
  type Digit,
  FIRST_LABEL,
  isInk,
  LABEL_COLOURS,
  LABELS,
} from "./digit.js";

/** How far a number of a cell is off at most, where noise is added to what cells believe. */
const NOISE = 0.05;
/** The channels that are compared: those that show, and those that say, what a cell believes. */
const COMPARED = [0, 1, 2, ...Array.from({ length: LABELS }, (_, label) => FIRST_LABEL + label)];

/** What a cell's compared channel should be. */
function wanted(channel: number, label: number, ink: number): number {
  return channel < ALPHA ? LABEL_COLOURS[label][channel] * ink : Number(channel - FIRST_LABEL === label);
}

/**
 * The task, over these digits: mean squared error of the labels and of the colours that show them, over the cells with
 * ink. A sample that is changed gets noise, and half of the time another digit's ink: where that overlaps, cells go on
 * believing what they did, and have to find out.
 */
export function digitsTask(digits: readonly Digit[]): Task<Agreement> {
  checkDigits(digits);
  const draw = (random: Random) => digits[random.integer(0, digits.length)];
  return {
    description: { kind: "digits", digits: fingerprintOf(digits) },
    strainsWith: (rule) => ({ rules: rule, trained: 0 }),
    fresh: async (random) => {
      const digit = draw(random);
      return { cells: cellsOfDigits([digit]), context: Float32Array.of(digit.label) };
    },
    change: (sample, random) => changed(sample, random.uniform() < 0.5 ? draw(random) : undefined, random),
    losses: ({ cells, contexts }) =>
      Float64Array.from(contexts, ([label], i) => {
        let sum = 0;
        const inked = eachInked(cells, i, (at, ink) => {
          for (const channel of COMPARED)
            sum += (cells.data[at + channel] - wanted(channel, label, ink)) ** 2;
        });
        return inked > 0 ? sum / (inked * COMPARED.length) : 0;
      }),
    gradient: ({ cells, contexts }, slopes) => {
      const gradient = new Float32Array(cells.data.length);
      contexts.forEach(([label], i) => {
        const inked = eachInked(cells, i, () => {});
        const scale = (2 * slopes[i]) / (Math.max(1, inked) * COMPARED.length * contexts.length);
        eachInked(cells, i, (at, ink) => {
          for (const channel of COMPARED)
            gradient[at + channel] = scale * (cells.data[at + channel] - wanted(channel, label, ink));
        });
      });
      return gradient;
    },
    broken: () => undefined,
    measure: (rule, options) => agreementOf(rule, digits, options),
  };
}

/** Calls back with where each cell with ink of a sample lies, and its ink; returns how many these are. */
function eachInked(
  { data, height, width, channels }: Cells,
  sample: number,
  visit: (at: number, ink: number) => void,
) {
  const size = height * width * channels;
  let count = 0;
  for (let at = sample * size; at < (sample + 1) * size; at += channels) {
    if (!isInk(data[at + ALPHA])) continue;
    visit(at, data[at + ALPHA]);
    count++;
  }
  return count;
}

function changed({ cells, context }: Sample, digit: Digit | undefined, random: Random): Sample {
  const next = copyCells(cells);
  const { data, channels } = next;
  for (let at = 0; at < data.length; at += channels) {
    if (digit) data[at + ALPHA] = digit.ink[at / channels] / 255;
    const lives = isInk(data[at + ALPHA]);
    for (let channel = 0; channel < channels; channel++) {
      if (channel === ALPHA) continue;
      data[at + channel] = lives ? data[at + channel] + random.uniform(-NOISE, NOISE) : 0;
    }
  }
  return { cells: next, context: digit ? Float32Array.of(digit.label) : context };
}

function fingerprintOf(digits: readonly Digit[]): string {
  return hex(digits.reduce((hash, { ink, label }) => hashOf(ink, hash + label), 0));
}
