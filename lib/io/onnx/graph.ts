// The parts of an ONNX model that weights are in: graphs, their nodes and constant tensors, loops' bodies included.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, TENSOR } from "./fields.js";
import { broken, fieldsOf, packedIntegers } from "./protobuf.js";

/** Graphs in graphs, nodes and tensors that are looked at: far above any rule's, unrolled too. */
const MAX_DEPTH = 8;
const MAX_NODES = 100_000;
const MAX_NAME = 500;

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** One of `DATA_TYPES`, or a number that is none of them. */
  readonly type: number;
  /** Little-endian, of that type; undefined where they lie elsewhere. */
  readonly raw?: Uint8Array;
  readonly floats: readonly Uint8Array[];
  readonly doubles: readonly Uint8Array[];
  /** Halves as integers, packed. */
  readonly integers: readonly Uint8Array[];
  /** Whether the numbers lie in another file. */
  readonly isExternal: boolean;
}

export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
}

/** All nodes and constant tensors of a model, whichever graph they are in. @throws FileError for what is no ONNX */
export function readGraph(bytes: Uint8Array, where: string): OnnxGraph {
  const reader = new GraphReader(where);
  for (const { number, value } of fieldsOf(bytes, where)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === MODEL.graph) reader.graph(value, 0);
    if (number === MODEL.functions) reader.nodesOf(value, FUNCTION.node, 0);
  }
  return reader;
}

class GraphReader implements OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly tensors = new Map<string, OnnxTensor>();

  constructor(private readonly where: string) {}

  graph(bytes: Uint8Array, depth: number): void {
    if (depth > MAX_DEPTH) throw broken(this.where, `its graphs are nested deeper than ${MAX_DEPTH}`);
    for (const { number, value } of fieldsOf(bytes, this.where)) {
      if (number === GRAPH.initializer && value instanceof Uint8Array) this.keep(this.tensor(value));
    }
    this.nodesOf(bytes, GRAPH.node, depth);
  }

  nodesOf(bytes: Uint8Array, field: number, depth: number): void {
    for (const { number, value } of fieldsOf(bytes, this.where)) {
      if (number === field && value instanceof Uint8Array) this.node(value, depth);
    }
  }

  private keep(tensor: OnnxTensor): void {
    if (!this.tensors.has(tensor.name)) this.tensors.set(tensor.name, tensor);
  }

  private node(bytes: Uint8Array, depth: number): void {
    if (this.nodes.length >= MAX_NODES) throw broken(this.where, `it has more than ${MAX_NODES} nodes`);
    const inputs: string[] = [];
    const outputs: string[] = [];
    const constants: Uint8Array[] = [];
    const graphs: Uint8Array[] = [];
    let operation = "";
    for (const { number, value } of fieldsOf(bytes, this.where)) {
      if (!(value instanceof Uint8Array)) continue;
      if (number === NODE.input) inputs.push(textOf(value));
      if (number === NODE.output) outputs.push(textOf(value));
      if (number === NODE.operation) operation = textOf(value);
      if (number !== NODE.attribute) continue;
      for (const inner of fieldsOf(value, this.where)) {
        if (!(inner.value instanceof Uint8Array)) continue;
        if (inner.number === ATTRIBUTE.tensor) constants.push(inner.value);
        if (inner.number === ATTRIBUTE.graph || inner.number === ATTRIBUTE.graphs) graphs.push(inner.value);
      }
    }
    this.nodes.push({ operation, inputs, outputs });
    if (operation === "Constant" && constants.length === 1 && outputs.length === 1) {
      this.keep({ ...this.tensor(constants[0]), name: outputs[0] });
    }
    for (const graph of graphs) this.graph(graph, depth + 1);
  }

  private tensor(bytes: Uint8Array): OnnxTensor {
    const dims: number[] = [];
    const [floats, doubles, integers]: Uint8Array[][] = [[], [], []];
    let [name, type, isExternal] = ["", 0, false];
    let raw: Uint8Array | undefined;
    for (const { number, value } of fieldsOf(bytes, this.where)) {
      if (!(value instanceof Uint8Array)) {
        if (number === TENSOR.dims) dims.push(value);
        if (number === TENSOR.type) type = value;
        continue;
      }
      if (number === TENSOR.dims) dims.push(...packedIntegers(value, this.where).slice(0, MAX_DEPTH));
      if (number === TENSOR.floats) floats.push(value);
      if (number === TENSOR.doubles) doubles.push(value);
      if (number === TENSOR.integers) integers.push(value);
      if (number === TENSOR.name) name = textOf(value);
      if (number === TENSOR.raw) raw = value;
      isExternal ||= number === TENSOR.external;
    }
    return { name, dims, type, raw, floats, doubles, integers, isExternal };
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, MAX_NAME));
