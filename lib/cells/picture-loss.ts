// How far a pattern is from its target: the mean squared error over RGBA.

import { type Cells, checkCells, colourOf, RGBA, sampleOf, type Target } from "./cells.js";
import { InvalidInputError } from "./errors.js";

/** Throws InvalidInputError unless the target is one grid of RGBA from 0 to 1. */
export function checkTarget(target: Target): void {
  checkTargetShape(target);
  const { data } = target;
  const bad = data.findIndex((value) => !(value >= 0 && value <= 1));
  if (bad >= 0) {
    throw new InvalidInputError(`The target has ${data[bad]} at ${bad} of ${data.length}; expected 0 to 1.`);
  }
}

function checkTargetShape(target: Target): void {
  checkCells(target);
  const { count, channels } = target;
  if (count === 1 && channels === RGBA) return;
  throw new InvalidInputError(
    `The target is ${count} grid(s) of ${channels} channels; expected one of RGBA, [1, height, width, 4].`,
  );
}

/** Throws InvalidInputError unless cells can be compared with a target: in size, and in how RGB is meant. */
export function checkComparable(cells: Omit<Cells, "data">, target: Target): void {
  if (cells.height !== target.height || cells.width !== target.width) {
    throw new InvalidInputError(
      `The cells are ${cells.height} x ${cells.width}, the target ${target.height} x ${target.width}; ` +
        "load the target with a size and padding that give the grid's size.",
    );
  }
  if (cells.premultiplied === target.premultiplied) return;
  throw new InvalidInputError(
    `The cells' RGB is ${colourOf(cells)}, the target's ${colourOf(target)}; load the target with ` +
      `premultiplied: ${cells.premultiplied}.`,
  );
}

/** Mean squared error of every sample. Throws InvalidInputError as `checkComparable` does. */
export function pictureLosses(cells: Cells, target: Target): Float64Array {
  checkTargetShape(target);
  checkComparable(cells, target);
  const size = target.data.length;
  return Float64Array.from({ length: cells.count }, (_, sample) => {
    const { data, channels } = sampleOf(cells, sample);
    let sum = 0;
    for (let cell = 0; cell < target.height * target.width; cell++) {
      for (let channel = 0; channel < RGBA; channel++) {
        const difference = data[cell * channels + channel] - target.data[cell * RGBA + channel];
        sum += difference * difference;
      }
    }
    return sum / size;
  });
}

/** The gradient with respect to the cells of the mean of `slopes[i] * loss[i]` over samples; slopes default to 1. */
export function pictureLossGradient(
  cells: Cells,
  target: Target,
  slopes: Float64Array = new Float64Array(cells.count).fill(1),
): Float32Array {
  checkTargetShape(target);
  checkComparable(cells, target);
  const { channels, count } = cells;
  const gradient = new Float32Array(cells.data.length);
  const area = target.height * target.width;
  for (let sample = 0; sample < count; sample++) {
    const scale = (2 / (target.data.length * count)) * slopes[sample];
    for (let cell = 0; cell < area; cell++) {
      for (let channel = 0; channel < RGBA; channel++) {
        const at = (sample * area + cell) * channels + channel;
        gradient[at] = scale * (cells.data[at] - target.data[cell * RGBA + channel]);
      }
    }
  }
  return gradient;
}
