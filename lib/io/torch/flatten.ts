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

/**
 * Every tensor, such as ema.layers.0.weight; each container is looked through once.
 *
 * @param read makes a tensor of one of torch's, which holds no numbers itself
 */
export function flattened(
  value: unknown,
  read: (tensor: TorchTensor, name: string) => StateTensor,
): Map<string, StateTensor> {
  const found = new Map<string, StateTensor>();
  const seen = new Set<unknown>();
  let level: [string, unknown][] = [["", value]];
  for (let depth = 0; depth <= MAX_DEPTH && found.size < MAX_TENSORS; depth++) {
    const deeper: [string, unknown][] = [];
    for (const [name, item] of level) {
      if (item instanceof TorchTensor) addOnce(found, name, read(item, name));
      else if (item instanceof NumpyArray) addOnce(found, name, item);
      else if (isContainer(item) && !seen.has(item)) {
        seen.add(item);
        for (const [key, inner] of entriesOf(item)) deeper.push([joined(name, key), inner]);
      }
    }
    level = deeper;
  }
  return found;
}

type Container = Map<unknown, unknown> | readonly unknown[];

const isContainer = (item: unknown): item is Container => item instanceof Map || Array.isArray(item);

function addOnce(found: Map<string, StateTensor>, name: string, tensor: StateTensor): void {
  if (!found.has(name)) found.set(name, tensor);
}

/** What a container holds that may be or hold a tensor. */
function entriesOf(container: Container): [unknown, unknown][] {
  const entries: [unknown, unknown][] = container instanceof Map ? [...container] : [...container.entries()];
  return entries.filter(
    ([key, item]) => typeof item === "object" && item !== null && ["string", "number"].includes(typeof key),
  );
}

const joined = (name: string, key: unknown) => (name === "" ? `${key}` : `${name}.${key}`).slice(0, MAX_NAME);
