// The tensors in a value that a pickle describes, by dotted names: what is where in dicts, lists and tuples.
import type { StateTensor } from "../layers/matrices.js";
import { NumpyArray } from "./numpy.js";
import { TorchTensor } from "./torch-tensor.js";

/** Containers in containers that are looked through for a model. */
const MAX_DEPTH = 8;
/** Longer names are cut: a model's are below a hundred letters. */
const MAX_NAME = 1000;
/** Far above the tensors of any training of a rule. */
const MAX_TENSORS = 20_000;

type Tensor = TorchTensor | NumpyArray;

/**
 * Every tensor, such as ema.layers.0.weight, up to 20,000; each container is looked through once.
 *
 * @param read makes a tensor of one of torch's or numpy's, by its name
 */
export function flattened(
  value: unknown,
  read: (tensor: Tensor, name: string) => StateTensor,
): Map<string, StateTensor> {
  const found = new Map<string, StateTensor>();
  const seen = new Set<unknown>([value]);
  let tensors = 0;
  let level: [string, unknown][] = [["", value]];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const deeper: [string, unknown][] = [];
    for (const [name, item] of level) {
      if (isTensor(item) && !found.has(name)) found.set(name, read(item, name));
      if (!isContainer(item)) continue;
      for (const [key, inner] of entriesOf(item)) {
        if (isContainer(inner) ? seen.has(inner) : ++tensors > MAX_TENSORS) continue;
        seen.add(inner);
        deeper.push([joined(name, key), inner]);
      }
    }
    level = deeper;
  }
  return found;
}

type Container = Map<unknown, unknown> | readonly unknown[];

const isTensor = (item: unknown): item is Tensor => item instanceof TorchTensor || item instanceof NumpyArray;
const isContainer = (item: unknown): item is Container => item instanceof Map || Array.isArray(item);

/** What a container holds that is or may hold a tensor. */
function* entriesOf(container: Container): Generator<[string | number, unknown], void> {
  for (const [key, item] of container.entries()) {
    const isKey = typeof key === "string" || typeof key === "number";
    if (isKey && (isTensor(item) || isContainer(item))) yield [key, item];
  }
}

const joined = (name: string, key: string | number) =>
  (name === "" ? `${key}` : `${name}.${key}`).slice(0, MAX_NAME);
