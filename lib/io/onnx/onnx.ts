// ONNX models: the weights of their dense layers, by names as PyTorch has them. The graph is not run: it tells which
// constants are weights, and which is whose bias.
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import { BFLOAT16, FLOAT16, FLOAT32, FLOAT64, type FloatKind, floatsOf, halfToNumber } from "../floats.js";
import type { StateTensor, Tensors } from "../layers/matrices.js";
import { counted } from "../shape.js";
import { DATA_TYPES } from "./fields.js";
import { type OnnxGraph, type OnnxNode, type OnnxTensor, readGraph } from "./graph.js";
import { packedIntegers } from "./protobuf.js";

/** The floats among ONNX's types. */
const KINDS: Record<number, FloatKind> = {
  [DATA_TYPES.float]: FLOAT32,
  [DATA_TYPES.half]: FLOAT16,
  [DATA_TYPES.double]: FLOAT64,
  [DATA_TYPES.bfloat16]: BFLOAT16,
};
/** Operations that take weights as their second input, and perhaps a bias as their third. */
const LAYERS = ["MatMul", "Gemm", "Conv"];
/** Operations whose result is their first input's numbers, lying in another order at most: shapes tell which. */
const SAME_NUMBERS = ["Identity", "Transpose", "Cast"];

/** The layers' tensors, such as fc0.weight and fc0.bias. @throws FileError, naming `where`, for what is no ONNX */
export function onnxTensors(bytes: Uint8Array, where: string): Tensors {
  const graph = readGraph(bytes, where);
  const constant = constantsOf(graph);
  const added = addendsOf(graph);
  const tensors = new Map<string, StateTensor>();
  const taken = new Set<OnnxTensor>();
  for (const { operation, inputs, outputs } of graph.nodes) {
    const weight = LAYERS.includes(operation) ? constant(inputs[1]) : undefined;
    if (!weight || taken.has(weight)) continue; // an unrolled loop has a layer many times
    taken.add(weight);
    const bias = constant(inputs[2]) ?? constant(added(outputs[0]));
    const name = layerName(weight, bias);
    if (tensors.has(`${name}.weight`)) continue;
    tensors.set(`${name}.weight`, stateTensor(weight, weight.dims, where));
    const sides = bias?.dims.filter((side) => side !== 1) ?? [];
    if (bias && sides.length <= 1) tensors.set(`${name}.bias`, stateTensor(bias, [sides[0] ?? 1], where));
  }
  return tensors;
}

type Constants = (name: string | undefined) => OnnxTensor | undefined;

/** The constant of a name, or that which a name is made of without changing its numbers. */
function constantsOf({ nodes, tensors }: OnnxGraph): Constants {
  const sources = new Map<string, string>();
  for (const { operation, inputs, outputs } of nodes) {
    if (SAME_NUMBERS.includes(operation) && inputs.length > 0 && outputs.length === 1)
      sources.set(outputs[0], inputs[0]);
  }
  return (name) => {
    let at = name;
    for (let i = 0; at !== undefined && i < SAME_NUMBERS.length; i++) {
      const found = tensors.get(at);
      if (found) return found;
      at = sources.get(at);
    }
    return at === undefined ? undefined : tensors.get(at);
  };
}

/** What is added to a value: the first sum that it goes into tells. */
function addendsOf({ nodes }: OnnxGraph): (name: string | undefined) => string | undefined {
  const sums = new Map<string, OnnxNode>();
  for (const node of nodes) {
    if (node.operation !== "Add") continue;
    for (const name of node.inputs) if (!sums.has(name)) sums.set(name, node);
  }
  return (name) => (name === undefined ? undefined : sums.get(name)?.inputs.find((other) => other !== name));
}

/** The layer's name: exporters rename weights that they transpose, and leave biases alone. */
function layerName(weight: OnnxTensor, bias: OnnxTensor | undefined): string {
  for (const [tensor, ending] of [
    [bias, /\.bias$/],
    [weight, /\.weight$/],
  ] as const) {
    if (tensor && ending.test(tensor.name)) return tensor.name.replace(ending, "");
  }
  return weight.name;
}

function stateTensor(tensor: OnnxTensor, shape: readonly number[], where: string): StateTensor {
  return { shape, numbers: () => numbersOf(tensor, `${where}: ${quotable(tensor.name)}`) };
}

function numbersOf(tensor: OnnxTensor, what: string): Float32Array {
  const { type, dims, isExternal } = tensor;
  if (isExternal) throw new FileError(`${what} lies in another file; export the model into one file.`);
  if (!KINDS[type]) {
    throw new FileError(`${what} has numbers of ONNX's type ${type}, expected float, double or float16.`);
  }
  return counted(numbersIn(tensor, what), dims, what);
}

function numbersIn({ type, raw, floats, doubles, integers }: OnnxTensor, what: string): Float32Array {
  if (raw) return floatsOf(raw, KINDS[type]);
  const all = (parts: readonly Uint8Array[], kind: FloatKind) =>
    Float32Array.from(parts.flatMap((part) => [...floatsOf(part, kind)]));
  if (type === DATA_TYPES.float) return all(floats, FLOAT32);
  if (type === DATA_TYPES.double) return all(doubles, FLOAT64);
  const bits = integers.flatMap((part) => packedIntegers(part, what));
  if (type === DATA_TYPES.half) return Float32Array.from(bits, halfToNumber);
  throw new FileError(`${what} holds no numbers.`);
}
