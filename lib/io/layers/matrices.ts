// Named tensors as the weights of dense layers: which of their sides are inputs and which outputs.
// Frameworks disagree: PyTorch has [outputs, inputs], a matrix product and TensorFlow [inputs, outputs].

import { reversed } from "./reversed.js";

/** A tensor of a model, whose numbers are read when they are needed. */
export interface StateTensor {
  readonly shape: readonly number[];
  /** All of them, row by row, as float32. @throws FileError when they cannot be read or are no floats */
  numbers(): Float32Array;
}

export type Tensors = ReadonlyMap<string, StateTensor>;

/** One way in which a tensor can be the weights of a layer. */
export interface Matrix {
  readonly name: string;
  readonly tensor: StateTensor;
  readonly outputs: number;
  readonly inputs: number;
  /** Places of its kernel: 1, or the 9 of a 3x3 convolution. */
  readonly places: 1 | 9;
  /** Whether the sides lie as outputs, inputs, places; else as places, inputs, outputs. */
  readonly outputsFirst: boolean;
}

/** Every way in which a tensor can be the weights of a dense layer, of a 1x1 or of a 3x3 convolution. */
export function matricesOf(name: string, tensor: StateTensor): Matrix[] {
  const { shape } = tensor;
  const matrix = (outputs: number, inputs: number, places: 1 | 9, outputsFirst: boolean): Matrix[] =>
    outputs > 0 && inputs > 0 ? [{ name, tensor, outputs, inputs, places, outputsFirst }] : [];
  const [a, b, c, d] = shape;
  if (shape.length === 2) return [...matrix(a, b, 1, true), ...matrix(b, a, 1, false)];
  if (shape.length === 3 && c === 1) return matrix(a, b, 1, true);
  if (shape.length !== 4) return [];
  if (c === 1 && d === 1) return matrix(a, b, 1, true);
  if (a === 1 && b === 1) return matrix(d, c, 1, false);
  if (c === 3 && d === 3 && b > 1) return matrix(a, b, 9, true);
  if (a === 3 && b === 3) return matrix(d, c, 9, false);
  return [];
}

/** The numbers of a matrix as [outputs, inputs, places]. */
export function asOutputsFirst({ tensor, outputs, inputs, places, outputsFirst }: Matrix): Float32Array {
  const numbers = tensor.numbers();
  return outputsFirst ? numbers : reversed(numbers, places, inputs, outputs);
}
