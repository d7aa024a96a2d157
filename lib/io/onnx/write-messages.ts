// ONNX's messages as bytes: nodes, tensors, values, graphs, models; those of their fields that a rule needs.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, whose field numbers these are.
import { bytes, message, text, whole } from "./protobuf-writer.js";

/** TensorProto.DataType: how a tensor's numbers are kept. */
const DATA_TYPES = { float: 1, integer: 7, truth: 9 } as const;
/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = { integer: 2, graph: 5, integers: 7 } as const;
/** What Cast is told to make floats of a mask. */
export const TO_FLOAT = DATA_TYPES.float;

/** A size, or a name for one that is known only when the model runs. */
export type Dimension = number | string;
/** A whole number of at least 0, several, or a graph. */
export type Attribute = number | readonly number[] | Uint8Array;

/** A node with one output, which is its name as well. */
export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Uint8Array {
  return message(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, output),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  );
}

function attribute(name: string, value: Attribute): Uint8Array {
  const { integer, integers, graph } = ATTRIBUTE_TYPES;
  if (typeof value === "number") return message(text(1, name), whole(3, value), whole(20, integer));
  if (value instanceof Uint8Array) return message(text(1, name), bytes(6, value), whole(20, graph));
  return message(text(1, name), ...value.map((item) => whole(8, item)), whole(20, integers));
}

/** A constant: floats from a Float32Array, 64-bit integers from numbers, a mask from a Uint8Array of 0 and 1. */
export function tensor(
  name: string,
  shape: readonly number[],
  data: Float32Array | Uint8Array | readonly number[],
): Uint8Array {
  const { float, integer, truth } = DATA_TYPES;
  const [type, raw] =
    data instanceof Float32Array
      ? [float, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] // little-endian, as the format wants
      : data instanceof Uint8Array
        ? [truth, data]
        : [integer, new Uint8Array(BigInt64Array.from(data, BigInt).buffer)];
  return message(...shape.map((side) => whole(1, side)), whole(2, type), text(8, name), bytes(9, raw));
}

/** The type of an input or an output: floats. */
export function value(name: string, shape: readonly Dimension[], says = ""): Uint8Array {
  const sides = shape.map((side) => bytes(1, typeof side === "number" ? whole(1, side) : text(2, side)));
  const type = message(whole(1, DATA_TYPES.float), bytes(2, message(...sides)));
  return message(text(1, name), bytes(2, bytes(1, type)), ...(says ? [text(3, says)] : []));
}

/** The parts of a graph, each as bytes. */
export interface GraphParts {
  readonly nodes: readonly Uint8Array[];
  readonly constants?: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  /** What it does, for a reader. */
  readonly says?: string;
}

/** Nodes in an order in which every input is there before it is used. */
export function graph(
  name: string,
  { nodes, constants = [], inputs, outputs, says }: GraphParts,
): Uint8Array {
  return message(
    ...nodes.map((one) => bytes(1, one)),
    text(2, name),
    ...constants.map((one) => bytes(5, one)),
    ...(says ? [text(10, says)] : []),
    ...inputs.map((one) => bytes(11, one)),
    ...outputs.map((one) => bytes(12, one)),
  );
}

/** Versions that every runtime since 2021 reads: ONNX 1.8. */
const IR_VERSION = 7;
const OPSET_VERSION = 13;

/** A whole file: who wrote it, its graph, and texts by name. */
export function model(
  producer: readonly [name: string, version: string],
  content: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return message(
    whole(1, IR_VERSION),
    text(2, producer[0]),
    text(3, producer[1]),
    bytes(7, content),
    bytes(8, message(text(1, ""), whole(2, OPSET_VERSION))),
    ...Object.entries(metadata).map(([key, words]) => bytes(14, message(text(1, key), text(2, words)))),
  );
}
