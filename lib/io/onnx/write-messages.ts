// ONNX's messages as bytes: nodes, tensors, values, graphs, models; those of their fields that a rule needs.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
import * as F from "./fields.js";
import { bytes, message, text, whole } from "./protobuf-writer.js";

/** What Cast is told to make floats of a mask. */
export const TO_FLOAT = F.DATA_TYPES.float;

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
    ...inputs.map((input) => text(F.NODE.input, input)),
    text(F.NODE.output, output),
    text(F.NODE.name, output),
    text(F.NODE.operation, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(F.NODE.attribute, attribute(name, value))),
  );
}

function attribute(name: string, value: Attribute): Uint8Array {
  const said = text(F.ATTRIBUTE.name, name);
  const type = (kind: keyof typeof F.ATTRIBUTE_TYPES) => whole(F.ATTRIBUTE.type, F.ATTRIBUTE_TYPES[kind]);
  if (typeof value === "number") return message(said, whole(F.ATTRIBUTE.integer, value), type("integer"));
  if (value instanceof Uint8Array) return message(said, bytes(F.ATTRIBUTE.graph, value), type("graph"));
  return message(said, ...value.map((item) => whole(F.ATTRIBUTE.integers, item)), type("integers"));
}

/** A constant: floats from a Float32Array, 64-bit integers from numbers, a mask from a Uint8Array of 0 and 1. */
export function tensor(
  name: string,
  shape: readonly number[],
  data: Float32Array | Uint8Array | readonly number[],
): Uint8Array {
  const { float, integer, truth } = F.DATA_TYPES;
  const [type, raw] =
    data instanceof Float32Array
      ? [float, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] // little-endian, as the format wants
      : data instanceof Uint8Array
        ? [truth, data]
        : [integer, new Uint8Array(BigInt64Array.from(data, BigInt).buffer)];
  const { dims, type: kind, name: called, raw: numbers } = F.TENSOR;
  return message(
    ...shape.map((side) => whole(dims, side)),
    whole(kind, type),
    text(called, name),
    bytes(numbers, raw),
  );
}

/** The type of an input or an output: floats. */
export function value(name: string, shape: readonly Dimension[], says = ""): Uint8Array {
  const { size, name: free } = F.DIMENSION;
  const sides = shape.map((side) =>
    bytes(F.SHAPE.dimension, typeof side === "number" ? whole(size, side) : text(free, side)),
  );
  const { element, shape: sidesOf } = F.TENSOR_TYPE;
  const type = message(whole(element, F.DATA_TYPES.float), bytes(sidesOf, message(...sides)));
  return message(
    text(F.VALUE.name, name),
    bytes(F.VALUE.type, bytes(F.TYPE.tensor, type)),
    ...(says ? [text(F.VALUE.says, says)] : []),
  );
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
    ...nodes.map((one) => bytes(F.GRAPH.node, one)),
    text(F.GRAPH.name, name),
    ...constants.map((one) => bytes(F.GRAPH.initializer, one)),
    ...(says ? [text(F.GRAPH.says, says)] : []),
    ...inputs.map((one) => bytes(F.GRAPH.input, one)),
    ...outputs.map((one) => bytes(F.GRAPH.output, one)),
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
    whole(F.MODEL.version, IR_VERSION),
    text(F.MODEL.producer, producer[0]),
    text(F.MODEL.producerVersion, producer[1]),
    bytes(F.MODEL.graph, content),
    bytes(F.MODEL.opset, message(text(F.OPSET.domain, ""), whole(F.OPSET.version, OPSET_VERSION))),
    ...Object.entries(metadata).map(([key, words]) =>
      bytes(F.MODEL.metadata, message(text(F.ENTRY.key, key), text(F.ENTRY.value, words))),
    ),
  );
}
