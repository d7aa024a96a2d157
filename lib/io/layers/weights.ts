// The numbers of a rule's two layers, checked: finite, and biases that are missing are zero.
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import type { FoundModel, NamedTensor } from "./find.js";
import { asOutputsFirst } from "./matrices.js";

export interface LayerWeights {
  /** [D, inputs, places] */
  readonly w1: Float32Array;
  /** [D] */
  readonly b1: Float32Array;
  /** [C, D] */
  readonly w2: Float32Array;
  /** [C] */
  readonly b2: Float32Array;
}

/** @throws FileError, naming `where`, for a bias of another length and numbers that are not finite or no floats */
export function weightsOf(model: FoundModel, where: string): LayerWeights {
  const { first, second, firstBias, secondBias, hidden, channels } = model;
  return {
    w1: finite(asOutputsFirst(first), first.name, where),
    b1: biasNumbers(firstBias, hidden, where),
    w2: finite(asOutputsFirst(second), second.name, where),
    b2: biasNumbers(secondBias, channels, where),
  };
}

function biasNumbers(bias: NamedTensor | undefined, length: number, where: string): Float32Array {
  if (!bias) return new Float32Array(length);
  const { name, tensor } = bias;
  if (`${tensor.shape}` === `${[length]}`) return finite(tensor.numbers(), name, where);
  throw new FileError(
    `${where}: ${quotable(name)} is [${tensor.shape.slice(0, 8)}], expected [${length}], a number an output.`,
  );
}

function finite(numbers: Float32Array, name: string, where: string): Float32Array {
  if (numbers.every(Number.isFinite)) return numbers;
  throw new FileError(
    `${where}: ${quotable(name)} holds a number that is not finite: its training went wrong.`,
  );
}
