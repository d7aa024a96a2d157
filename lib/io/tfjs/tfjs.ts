// TensorFlow.js models in one JSON file: weights as constants of the graph, as Distill's own notebook exports them, or
// in base64 beside their specifications, quantised ones too. The graph is not run.
// Source: https://github.com/tensorflow/tfjs (tfjs-core/src/io/types.ts); google-research/self-organising-systems.
import { fromBase64 } from "../../cells/base64.js";
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import { FLOAT16, FLOAT32, type FloatKind, floatsOf } from "../floats.js";
import type { StateTensor, Tensors } from "../layers/matrices.js";
import { counted, countOf } from "../shape.js";

/** Far above a rule's graph with its weights: Distill's has 66 kB. */
const MAX_JSON_BYTES = 2 ** 24;

/** Files of weights that an error names. */
const MOST_PATHS = 4;

const UINT8: FloatKind = { bytes: 1, read: (view, at) => view.getUint8(at) };
const UINT16: FloatKind = { bytes: 2, read: (view, at) => view.getUint16(at, true) };
/** What weights are stored as; the bytes of other types are only counted. */
const KINDS: Record<string, FloatKind> = { float32: FLOAT32, float16: FLOAT16, uint8: UINT8, uint16: UINT16 };
const OTHERS: Record<string, number> = { int32: 4, bool: 1, complex64: 8 };

/** Members of a JSON object; none where it is none. */
type Members = Record<string, unknown>;
const members = (value: unknown): Members =>
  typeof value === "object" && value !== null ? (value as Members) : {};
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** A number, also where it is written as a text; NaN for anything else, which may not be turned into one. */
const number = (value: unknown): number =>
  typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
/** A text, for an error; what else it is, where it is none. */
const text = (value: unknown): string =>
  typeof value === "string" ? quotable(value) : `a JSON ${value === null ? "null" : typeof value}`;
/** An entry of a table by a name that may be anything. */
const entry = <Value>(table: Readonly<Record<string, Value>>, name: unknown): Value | undefined =>
  typeof name === "string" && Object.hasOwn(table, name) ? table[name] : undefined;

/** Whether this is such a model: it has a topology, or weights. */
export function isTfjs(json: unknown): boolean {
  const { modelTopology, weightsManifest, weightSpecs } = members(json);
  return [modelTopology, weightsManifest, weightSpecs].some((part) => part !== undefined);
}

/** The JSON in these bytes. @throws FileError for what is none, and for more than 16 MiB of it */
export function jsonOf(bytes: Uint8Array, where: string): unknown {
  if (bytes.length > MAX_JSON_BYTES) {
    throw new FileError(`${where} is no usable JSON: ${bytes.length} bytes are more than ${MAX_JSON_BYTES}.`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new FileError(`${where} is no model of Distill's demo: it is no JSON in UTF-8.`);
  }
}

/** The layers' tensors, such as sequential/conv2d.weight. @throws FileError, naming `where`, for what holds none */
export function tfjsTensors(json: unknown, where: string): Tensors {
  const tensors = new Map([...constantsOf(json, where), ...storedWeights(json, where)]);
  if (tensors.size > 0) return tensors;
  const [{ paths } = {} as Members] = items(members(json).weightsManifest).map(members);
  const files = items(paths).slice(0, MOST_PATHS).map(text).join(", ");
  const beside = files === "" ? "it holds no weights" : `its weights lie in ${files}`;
  throw new FileError(
    `${where} is a TensorFlow.js model without weights: ${beside}; expected one file that holds them as base64.`,
  );
}

/** conv2d_12/Conv2D/ReadVariableOp/resource is the weight of conv2d_12, and dense/kernel of dense. */
function layerName(name: string): string {
  const weight = /\/(Conv2D|MatMul)(\/.*)?$|\/kernel(:0)?$/;
  const bias = /\/BiasAdd(\/.*)?$|\/bias(:0)?$/;
  return weight.test(name) ? name.replace(weight, ".weight") : name.replace(bias, ".bias");
}

/** Constants of floats in the graph. */
function constantsOf(json: unknown, where: string): [string, StateTensor][] {
  const { modelTopology } = members(json);
  const { node = members(members(modelTopology).graphDef).node } = members(modelTopology);
  return items(node).flatMap((item): [string, StateTensor][] => {
    const { name, op, attr } = members(item);
    const { dtype, tensorShape, tensorContent } = members(members(members(attr).value).tensor);
    if (op !== "Const" || typeof name !== "string" || dtype !== "DT_FLOAT") return [];
    if (typeof tensorContent !== "string") return [];
    const shape = items(members(tensorShape).dim).map((side) => number(members(side).size));
    const what = `${where}: ${quotable(name)}`;
    const numbers = () => counted(floatsOf(bytesOf([tensorContent], what), FLOAT32), shape, what);
    return [[layerName(name), { shape, numbers }]];
  });
}

/** Weights in base64 with their specifications: name, shape, type, and how they were quantised. */
function storedWeights(json: unknown, where: string): [string, StateTensor][] {
  const { weightsManifest, weightSpecs, weightData } = members(json);
  const specs = [
    ...items(weightSpecs),
    ...items(weightsManifest).flatMap((one) => items(members(one).weights)),
  ];
  const data = typeof weightData === "string" ? [weightData] : items(weightData);
  if (specs.length === 0 || data.length === 0) return [];
  const bytes = bytesOf(data, `${where}: its weightData`);
  let at = 0;
  return specs.map((item, i): [string, StateTensor] => {
    const { name, shape: sides, dtype, quantization } = members(item);
    const shape = items(sides).map(number);
    const what = `${where}: ${name === undefined ? i : text(name)}`;
    const { dtype: stored = dtype, scale = 1, min = 0 } = members(quantization);
    const kind = entry(KINDS, stored);
    const each = kind?.bytes ?? entry(OTHERS, stored) ?? Number.NaN;
    const from = at;
    at += each * (countOf(shape) ?? Number.NaN);
    const end = at;
    const numbers = () => {
      if (!kind || dtype !== "float32") throw new FileError(`${what} is of type ${text(dtype)}.`);
      const read = floatsOf(bytes.subarray(from, Math.min(end, bytes.length)), kind);
      return counted(
        stored === "float16" ? read : read.map((x) => x * number(scale) + number(min)),
        shape,
        what,
      );
    };
    return [layerName(typeof name === "string" ? name : `${i}`), { shape, numbers }];
  });
}

/** The bytes of a base64 in one part or several. */
function bytesOf(parts: readonly unknown[], what: string): Uint8Array {
  try {
    if (parts.every((part) => typeof part === "string")) return fromBase64(parts.join(""));
  } catch {
    // told below
  }
  throw new FileError(`${what} is no base64.`);
}
