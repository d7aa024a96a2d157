// Shapes of tensors, in every format of weights: sizes of sides, and how many numbers they hold. Nothing is allocated.

import { FileError } from "../cells/errors.js";

/** How many numbers a shape holds; undefined for a side that is no size, or too many to count. */
export function countOf(shape: readonly number[]): number | undefined {
  if (!isSizes(shape)) return undefined;
  let count = 1;
  for (const side of shape) {
    count *= side;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** Where the number of an index, counted row by row, lies when a step along each side has its stride. */
export function placeOf(index: number, shape: readonly number[], stride: readonly number[]): number {
  let [rest, place] = [index, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]) * stride[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Whether this is an array of whole numbers of at least 0. */
export function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** The numbers, as many as their shape holds. @throws FileError, in which `what` is the tensor, for more or fewer */
export function counted(numbers: Float32Array, shape: readonly number[], what: string): Float32Array {
  if (numbers.length === countOf(shape)) return numbers;
  throw new FileError(`${what} is [${shape.slice(0, 8)}], but holds ${numbers.length} numbers.`);
}
