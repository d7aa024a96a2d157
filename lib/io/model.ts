// The one place that reads trained rules, ours and other people's. It tells the format from the bytes, not the name.

import { FileError } from "../cells/errors.js";
import type { Rule } from "../rule/rule.js";
import type { RuleSpec } from "../rule/spec.js";
import { readFileChecked } from "./atomic.js";
import { type Checkpoint, checkpointOf, gridOf, specOf } from "./checkpoint.js";
import { decodeDistill } from "./distill/distill.js";
import { LENGTH_BYTES } from "./safetensors/header.js";
import { decodeSafetensors, type Safetensors } from "./safetensors/safetensors.js";
import { ruleOfLayers } from "./torch/state-dict.js";
import { findLayers, onlyLayers, type StateTensor } from "./torch/state-layers.js";
import { decodeTorch } from "./torch/torch.js";

/** The largest file that is read: far above any rule's size, even with an optimizer's state beside it. */
const MAX_BYTES = 2 ** 26;
/** How a zip begins: with its first file. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** How a pickle begins, and so everything that torch.save wrote before version 1.6. */
const PICKLE = 0x80;
const JSON_START = /^\uFEFF?\s*[[{]/;

/**
 * The rule in the bytes of a model, and the notes beside it where the format has any. Reads
 * - safetensors: our checkpoints, and the PyTorch original's state dicts;
 * - .pt or .pth: the PyTorch original's state dicts as torch.save writes them, see `decodeTorch`;
 * - JSON: the models of Distill's demo, see `decodeDistill`.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else
 */
export function decodeModel(bytes: Uint8Array, where = "The model"): Checkpoint {
  if (ZIP.every((byte, i) => bytes[i] === byte)) return { rule: decodeTorch(bytes, where), notes: {} };
  if (looksLikeSafetensors(bytes)) return decodeTensors(decodeSafetensors(bytes, where), where);
  const start = new TextDecoder().decode(bytes.subarray(0, 64));
  if (JSON_START.test(start)) return { rule: decodeDistill(bytes, where), notes: {} };
  if (bytes[0] === PICKLE) {
    throw new FileError(
      `${where} is a bare pickle, or of a PyTorch before 1.6; expected a zip: load it there and use torch.save again.`,
    );
  }
  throw new FileError(
    `${where} is no model: got ${bytes.length} bytes, starting with ${JSON.stringify(start.slice(0, 8))}; expected ` +
      "safetensors, a zip of PyTorch's (.pt), or JSON of Distill's demo.",
  );
}

/** The header's length comes first, in 8 bytes of which the upper four are zero; JSON holds no zero byte. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= LENGTH_BYTES && bytes.subarray(4, LENGTH_BYTES).every((byte) => byte === 0);
}

/** Our own checkpoint, or a state dict: that of `encodeStateDict`, or else anyone's, which is the original's rule. */
function decodeTensors(file: Safetensors, where: string): Checkpoint {
  const state = new Map(Object.entries(file.tensors).map(([name, tensor]) => [name, stateTensor(tensor)]));
  const layers = findLayers(state);
  if (layers.length === 0) return checkpointOf(file, where);
  const { rule: said, grid } = file.metadata;
  const spec = said === undefined ? undefined : neighbourhood(specOf(said, where), where);
  const rule = ruleOfLayers(onlyLayers(layers, [...state.keys()], where), where, spec);
  return { rule: { ...rule, ...(said && grid && { grid: gridOf(grid, where) }) }, notes: {} };
}

function stateTensor({ shape, data }: Safetensors["tensors"][string]): StateTensor {
  return {
    shape,
    numbers: () => (data instanceof Float32Array ? data : Float32Array.from(data as Float64Array, Number)),
  };
}

function neighbourhood(spec: RuleSpec, where: string): RuleSpec {
  if (spec.perception === "neighbourhood") return spec;
  throw new FileError(
    `${where} holds convolutions and the perception ${spec.perception}; expected neighbourhood.`,
  );
}

/** Reads a rule from a file of any format that `decodeModel` reads. */
export async function load(path: string): Promise<Rule> {
  return (await loadCheckpoint(path)).rule;
}

/** Reads a rule and its notes from a file of any format that `decodeModel` reads. */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return decodeModel(await readFileChecked(path, MAX_BYTES), path);
}
