// PyTorch checkpoints: what torch.save makes of a state dict, of a list of tensors, or of anything plain that holds one.
// No Python code is run. Source: torch/serialization.py: a zip with one pickle and a file for every storage, or, before
// version 1.6, pickles in a row.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import { quotable } from "../file-errors.js";
import type { StateTensor, Tensors } from "../layers/matrices.js";
import { learnedRule } from "../reading/learned.js";
import { flattened } from "./flatten.js";
import { isLegacy, openLegacy } from "./legacy.js";
import { NumpyArray } from "./numpy.js";
import { unpickle } from "./pickle.js";
import { openStoredZip, type StoredZip } from "./stored-zip.js";
import { numbersOf, TORCH_HOST, type TorchTensor } from "./torch-tensor.js";

/** Far above what a training run saves besides its tensors: 1,000 numbers are 10 kB. */
const MAX_PICKLE_BYTES = 2 ** 22;
const PICKLE = "data.pkl";

/**
 * The PyTorch original's rule in the bytes of a .pt file: a learned 3x3 convolution and one of 1x1, anywhere in plain
 * dicts and lists. Perception `neighbourhood`, alive mask `pre`, straight RGBA, fire rate 0.5.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else, a rule with fixed Sobel filters included (see `readModel`), and for a pickle that
 *   asks for more than plain values and tensors
 */
export function decodeTorch(bytes: Uint8Array, where = "The checkpoint"): Rule {
  return learnedRule(torchTensors(bytes, where), where);
}

/** The tensors of a .pt file by their dotted names, such as ema.layers.0.weight. @throws FileError as `decodeTorch` */
export function torchTensors(bytes: Uint8Array, where: string): Tensors {
  if (isLegacy(bytes)) {
    const { value, storage } = openLegacy(bytes, where);
    return flattened(value, readerOf(storage, where));
  }
  const zip = openStoredZip(bytes, where);
  const folder = folderOf(zip, where);
  const pickle = zip.read(folder + PICKLE);
  if (pickle.length > MAX_PICKLE_BYTES) {
    throw new FileError(
      `${where} lists its contents in ${pickle.length} bytes, expected at most ${MAX_PICKLE_BYTES}. ` +
        "Save model.state_dict() alone.",
    );
  }
  const storage = (key: string) => zip.read(`${folder}data/${key}`);
  return flattened(unpickle(pickle, TORCH_HOST, where), readerOf(storage, where));
}

/**
 * The arrays of a bare pickle, as pickle.dump writes a dict of numpy's.
 *
 * @throws FileError for a pickle without arrays, and one that asks for more than plain values
 */
export function pickleTensors(bytes: Uint8Array, where: string): Tensors {
  const noStorage = () => {
    throw new FileError(`${where} is a bare pickle of PyTorch tensors; write it with torch.save.`);
  };
  const tensors = flattened(unpickle(bytes, TORCH_HOST, where), readerOf(noStorage, where));
  if (tensors.size > 0) return tensors;
  throw new FileError(
    `${where} is a bare pickle without arrays; expected what torch.save writes: use torch.save(model.state_dict(), path).`,
  );
}

function readerOf(storage: (key: string) => Uint8Array, where: string) {
  return (tensor: TorchTensor | NumpyArray, name: string): StateTensor => {
    const what = `${where}: ${quotable(name)}`;
    const numbers = () =>
      tensor instanceof NumpyArray
        ? tensor.numbers(what)
        : numbersOf(tensor, storage(tensor.storage.key), what);
    return { shape: tensor.shape, numbers };
  };
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
