// PyTorch checkpoints: what torch.save makes of a state dict, or of a dict that holds one. No Python code is run.
// Source: torch/serialization.py: a zip with one pickle and a file for every storage.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import { quotable } from "../file-errors.js";
import { unpickle } from "./pickle.js";
import { ruleOfLayers } from "./state-dict.js";
import { findLayers, onlyLayers, type StateTensor } from "./state-layers.js";
import { openStoredZip, type StoredZip } from "./stored-zip.js";
import { numbersOf, TORCH_HOST, TorchTensor } from "./torch-tensor.js";

/** Far above what a training run saves besides its tensors: 1,000 numbers are 10 kB. */
const MAX_PICKLE_BYTES = 2 ** 22;
/** Dicts in dicts that are looked through for a model. */
const MAX_DEPTH = 8;
const PICKLE = "data.pkl";

/**
 * The PyTorch original's rule in the bytes of a .pt file: tensors such as model.0.weight, anywhere in plain dicts.
 * Perception `neighbourhood`, alive mask `pre`, straight RGBA, fire rate 0.5.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else, and for a pickle that asks for more than dicts, plain values and tensors
 */
export function decodeTorch(bytes: Uint8Array, where = "The checkpoint"): Rule {
  const zip = openStoredZip(bytes, where);
  const folder = folderOf(zip, where);
  const pickle = zip.read(folder + PICKLE);
  if (pickle.length > MAX_PICKLE_BYTES) {
    throw new FileError(
      `${where} lists its contents in ${pickle.length} bytes, expected at most ${MAX_PICKLE_BYTES}. ` +
        "Save model.state_dict() alone.",
    );
  }
  const dicts = tensorsWithin(unpickle(pickle, TORCH_HOST, where));
  const models = dicts.map((tensors) => {
    const states = [...tensors].map(
      ([name, tensor]) => [name, stateTensor(tensor, zip, folder, `${where}: ${quotable(name)}`)] as const,
    );
    return new Map(states);
  });
  const names = models.flatMap((model) => [...model.keys()]);
  return ruleOfLayers(onlyLayers(models.flatMap(findLayers), names, where), where);
}

/** The folder that everything is in, with its slash: torch gives it the file's name. */
function folderOf({ names, read }: StoredZip, where: string): string {
  const folders = names
    .filter((name) => /^[^/]*\/data\.pkl$/.test(name))
    .map((name) => name.slice(0, -PICKLE.length));
  if (folders.length !== 1) {
    throw new FileError(
      `${where} is a zip with ${folders.length} files named ${PICKLE}, expected one: what torch.save writes.`,
    );
  }
  const order = `${folders[0]}byteorder`;
  if (names.includes(order) && new TextDecoder().decode(read(order)) !== "little") {
    throw new FileError(`${where} was written on a big-endian machine. Save it on another one.`);
  }
  return folders[0];
}

/** The named tensors of a dict and of the dicts within it, each dict once. */
function tensorsWithin(value: unknown): Map<string, TorchTensor>[] {
  const found: Map<string, TorchTensor>[] = [];
  const seen = new Set<unknown>();
  let dicts = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const deeper: unknown[] = [];
    for (const dict of dicts) {
      if (!(dict instanceof Map) || seen.has(dict)) continue;
      seen.add(dict);
      const named = [...dict].filter(
        ([name, item]) => item instanceof TorchTensor && typeof name === "string",
      );
      found.push(new Map(named as [string, TorchTensor][]));
      for (const item of dict.values()) deeper.push(item);
    }
    dicts = deeper;
  }
  return found;
}

function stateTensor(tensor: TorchTensor, zip: StoredZip, folder: string, what: string): StateTensor {
  const numbers = () => numbersOf(tensor, zip.read(`${folder}data/${tensor.storage.key}`), what);
  return { shape: tensor.shape, numbers };
}
