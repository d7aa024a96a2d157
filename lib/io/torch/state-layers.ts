// Two layers among the named tensors of a PyTorch model, whatever the model calls them.
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";

/** A tensor of a state dict, whose numbers are read when they are needed. */
export interface StateTensor {
  readonly shape: readonly number[];
  /** All of them, row by row. Throws FileError when they cannot be read. */
  numbers(): Float32Array;
}

export interface Layer {
  /** Such as model.0, for model.0.weight and model.0.bias. */
  readonly name: string;
  readonly weight: StateTensor;
  readonly bias: StateTensor;
}

/** Such as model.0.weight: whatever comes before the layer's number, the number, the kind. */
const TENSOR_NAME = /^(.*\D|)(\d{1,4})\.(?:weight|bias)$/s;
const MAX_NAME = 200;

/** Every pair of layers in one dict that are the only numbered ones under their prefix, in order of their numbers. */
export function findLayers(tensors: ReadonlyMap<string, StateTensor>): [Layer, Layer][] {
  const numbersOf = new Map<string, Set<string>>();
  for (const name of tensors.keys()) {
    const match = name.length <= MAX_NAME && TENSOR_NAME.exec(name);
    if (!match) continue;
    const [, prefix, number] = match;
    numbersOf.set(prefix, (numbersOf.get(prefix) ?? new Set()).add(number));
  }
  return [...numbersOf].flatMap(([prefix, numbers]) => {
    const inOrder = [...numbers].sort((a, b) => Number(a) - Number(b));
    const layers = inOrder.flatMap((number) => layerOf(tensors, `${prefix}${number}`));
    return numbers.size === 2 && layers.length === 2 ? [layers as [Layer, Layer]] : [];
  });
}

function layerOf(tensors: ReadonlyMap<string, StateTensor>, name: string): Layer[] {
  const weight = tensors.get(`${name}.weight`);
  const bias = tensors.get(`${name}.bias`);
  return weight && bias ? [{ name, weight, bias }] : [];
}

/** The only pair. Throws FileError, naming `where` and some of the tensors' names, unless there is exactly one. */
export function onlyLayers(
  found: readonly [Layer, Layer][],
  names: readonly string[],
  where: string,
): [Layer, Layer] {
  if (found.length === 1) return found[0];
  const some = found.length > 0 ? found.map(([{ name }]) => `${name}.weight`) : names;
  const listed = some.slice(0, 4).map((name) => `"${quotable(name)}"`);
  const got = found.length === 0 ? "no model of two layers" : "several models";
  throw new FileError(
    `${where} holds ${got}: it has ${listed.join(", ") || "no tensors"}${some.length > 4 ? ", ..." : ""}; expected ` +
      "model.0.weight, model.0.bias, model.2.weight and model.2.bias. Save model.state_dict() alone.",
  );
}
