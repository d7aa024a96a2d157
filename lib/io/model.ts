// The one place that reads trained rules, ours and other people's. It tells the format from the bytes, not the name.

import { FileError, InvalidInputError } from "../cells/errors.js";
import { type Checkpoint, checkpointOf, gridOf, specOf } from "./checkpoint.js";
import { decodeDistill } from "./distill/distill.js";
import { quotable } from "./file-errors.js";
import { chooseModel } from "./layers/choose.js";
import type { StateTensor, Tensors } from "./layers/matrices.js";
import { weightsOf } from "./layers/weights.js";
import { onnxMetadata } from "./onnx/metadata.js";
import { onnxTensors } from "./onnx/onnx.js";
import { kernelsOf } from "./reading/kernels.js";
import { isLearned, learnedRule, originalRule } from "./reading/learned.js";
import { checkReadOptions, DISTILLS, type ReadOptions, refuseGiven, ruleOf } from "./reading/reading.js";
import { searchReading } from "./reading/search.js";
import { LENGTH_BYTES } from "./safetensors/header.js";
import { decodeSafetensors, type Safetensors } from "./safetensors/safetensors.js";
import { isTfjs, jsonOf, tfjsTensors } from "./tfjs/tfjs.js";
import { isLegacy } from "./torch/legacy.js";
import { pickleTensors, torchTensors } from "./torch/torch.js";

/** How a zip begins: with its first file. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** How a pickle begins, before the number of its protocol. */
const PICKLE = 0x80;
const PROTOCOLS = [2, 3, 4, 5];
/** How an ONNX file begins: the version of its format, a small number in the field of number 1. */
const ONNX = 0x08;
const MOST_IR_VERSION = 64;
const BRACE = 0x7b;
const JSON_START = /^\uFEFF?\s*[[{]/;
/** How a specification in JSON begins; a note of its name that is anything else is not ours. */
const OBJECT_START = /^\s*\{/;

/** What a file holds: a rule that says all about itself, or layers that do not. */
type Content = { readonly checkpoint: Checkpoint } | { readonly tensors: Tensors };

/**
 * The rule in the bytes of a model, and the notes beside it where the format has any. Reads what needs no growing:
 * - safetensors: our checkpoints;
 * - JSON: the models of Distill's demo, see `decodeDistill`;
 * - learned 3x3 convolutions in any format that `readModel` reads, see `decodeTorch`.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else
 */
export function decodeModel(bytes: Uint8Array, where = "The model"): Checkpoint {
  const content = contentOf(bytes, where);
  return "checkpoint" in content
    ? content.checkpoint
    : { rule: learnedRule(content.tensors, where), notes: {} };
}

/**
 * As `decodeModel`, and rules with fixed Sobel filters in safetensors, PyTorch's files (.pt, .pth), pickled dicts of
 * numpy arrays, ONNX and TensorFlow.js's JSON. What these do not say is taken from the family of public code that they
 * are of, or found by growing them, as `notes.reading` tells; where it is a guess, `options.say` is told.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else, and for weights that live under no usual reading; InvalidInputError for options
 *   out of range, and for those that change nothing as the file says it
 */
export async function readModel(
  bytes: Uint8Array,
  where = "The model",
  options: ReadOptions = {},
): Promise<Checkpoint> {
  checkReadOptions(options);
  const content = contentOf(bytes, where, options.model);
  if ("checkpoint" in content) {
    refuseGiven(options, `${where} says it`);
    return content.checkpoint;
  }
  const model = chooseModel(content.tensors, where, options.model);
  const weights = weightsOf(model, where);
  if (isLearned(model)) return { rule: originalRule(model, weights, options), notes: {} };
  const kernels = kernelsOf(model, content.tensors);
  const { rule, notes, doubt } = await searchReading({ model, weights, where, options, kernels });
  const { say = console.warn } = options;
  if (doubt !== undefined) say(`${where} is ${doubt}.`);
  return { rule, notes };
}

/** @param wanted which of several models, where they have names; a file of one has no use for it */
function contentOf(bytes: Uint8Array, where: string, wanted?: string): Content {
  if (ZIP.every((byte, i) => bytes[i] === byte)) return { tensors: torchTensors(bytes, where) };
  const isPickle = bytes[0] === PICKLE && PROTOCOLS.includes(bytes[1]) && bytes[LENGTH_BYTES] !== BRACE;
  if (isPickle) return { tensors: (isLegacy(bytes) ? torchTensors : pickleTensors)(bytes, where) };
  if (looksLikeSafetensors(bytes)) return safetensorsContent(decodeSafetensors(bytes, where), where, wanted);
  const start = new TextDecoder().decode(bytes.subarray(0, 64));
  if (JSON_START.test(start)) return jsonContent(bytes, where, wanted);
  if (bytes[0] === ONNX && bytes[1] < MOST_IR_VERSION && bytes.length > 2) {
    return saidContent(onnxTensors(bytes, where), onnxMetadata(bytes, where), where, wanted);
  }
  throw new FileError(
    `${where} is no model: got ${bytes.length} bytes, starting with ${JSON.stringify(start.slice(0, 8))}; expected ` +
      "safetensors, PyTorch's .pt, ONNX, or JSON of Distill's demo or TensorFlow.js.",
  );
}

/** The header's length comes first, in 8 bytes of which the upper four are zero; JSON holds no zero byte. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= LENGTH_BYTES && bytes.subarray(4, LENGTH_BYTES).every((byte) => byte === 0);
}

function jsonContent(bytes: Uint8Array, where: string, wanted?: string): Content {
  const brace = bytes.subarray(0, 64).find((byte) => byte === BRACE || byte === 0x5b);
  const json = brace === BRACE ? jsonOf(bytes, where) : undefined;
  if (isTfjs(json)) return { tensors: tfjsTensors(json, where) };
  return onlyRule({ rule: decodeDistill(bytes, where), notes: {} }, where, wanted);
}

/** A file of one rule without a name. */
function onlyRule(checkpoint: Checkpoint, where: string, wanted?: string): Content {
  if (wanted === undefined) return { checkpoint };
  throw new InvalidInputError(`model has no effect: ${where} holds one rule. Leave it out.`);
}

/** Our own checkpoint, a state dict of `encodeStateDict`, which says its specification, or anyone's tensors. */
function safetensorsContent(file: Safetensors, where: string, wanted?: string): Content {
  if (file.metadata.format?.startsWith("nca-")) return onlyRule(checkpointOf(file, where), where, wanted);
  const tensors = new Map(
    Object.entries(file.tensors).map(([name, tensor]) => [name, stateTensor(name, tensor, where)]),
  );
  return saidContent(tensors, file.metadata, where, wanted);
}

/** Layers as our own writers order them, where the file says the rule's specification; else anyone's. */
function saidContent(
  tensors: Tensors,
  about: Readonly<Record<string, string>>,
  where: string,
  wanted?: string,
): Content {
  if (about.rule === undefined || !OBJECT_START.test(about.rule)) return { tensors };
  const spec = specOf(about.rule, where);
  const model = chooseModel(tensors, where, wanted);
  const weights = weightsOf(model, where);
  const read = isLearned(model) ? originalRule(model, weights) : ruleOf(model, weights, DISTILLS);
  const { channels, hidden, perception } = read.spec;
  if (perception !== spec.perception) {
    throw new FileError(
      `${where} holds weights for the perception ${perception}, and says ${spec.perception}; write it again.`,
    );
  }
  if (channels !== spec.channels || hidden !== spec.hidden) {
    throw new FileError(
      `${where} holds weights for ${channels} channels and ${hidden} hidden units, and says ${spec.channels} and ` +
        `${spec.hidden}; write it again.`,
    );
  }
  const grid = about.grid !== undefined && { grid: gridOf(about.grid, where) };
  const { parameters } = read;
  return { checkpoint: { rule: { spec, parameters, ...grid }, notes: {} } };
}

function stateTensor(
  name: string,
  { shape, data }: Safetensors["tensors"][string],
  where: string,
): StateTensor {
  const numbers = () => {
    if (data instanceof Float32Array) return data;
    if (data instanceof Float64Array) return Float32Array.from(data);
    throw new FileError(
      `${where}: ${quotable(name)} holds integers or floats of 8 bits, expected F64, F32, F16 or BF16.`,
    );
  };
  return { shape, numbers };
}
