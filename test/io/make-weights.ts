// Rules as other people's files hold them, built byte by byte: other orders of features, other formats.
import type { Reading } from "../../lib/io/reading/reading.js";
import type { Rule } from "../../lib/rule/rule.js";
import * as P from "./make-torch.js";

export interface Numbers {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** Tensors by their names. */
export type Named = Record<string, Numbers>;

type Layout = Pick<Reading, "features" | "gradients" | "sobelScale">;

export const FILTER_MAJOR: Layout = { features: "filter-major", gradients: "xy", sobelScale: 1 };

/** Both layers as PyTorch's Linear has them, w1 [D, P] and w2 [C, D], under a layout; `biases` false leaves b2 out. */
export function layersOf({ spec, parameters }: Rule, { features, gradients, sobelScale }: Layout): Named {
  const { channels, hidden } = spec;
  const filters = parameters.w1.length / channels / hidden;
  const w1 = new Float32Array(parameters.w1.length);
  const theirs = gradients === "yx" ? [0, 2, 1, 3] : [0, 1, 2, 3]; // the place of each of our filters among theirs
  const factors = [
    1,
    (gradients === "-x" ? -1 : 1) / sobelScale,
    (gradients === "-y" ? -1 : 1) / sobelScale,
    1,
  ];
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      const feature = features === "filter-major" ? theirs[f] * channels + c : c * filters + theirs[f];
      for (let d = 0; d < hidden; d++)
        w1[d * filters * channels + feature] =
          parameters.w1[(f * channels + c) * hidden + d] * factors[f] || 0;
    }
  }
  return {
    w1: { shape: [hidden, filters * channels], data: w1 },
    b1: { shape: [hidden], data: parameters.b1 },
    w2: { shape: [channels, hidden], data: transposed(parameters.w2, hidden, channels) },
    b2: { shape: [channels], data: parameters.b2 },
  };
}

/** Numbers [a, b] as [b, a]. */
export function transposed(numbers: Float32Array, a: number, b: number): Float32Array {
  return numbers.map((_, i) => numbers[(i % a) * b + Math.floor(i / a)]);
}

/** Such layers with other names; those of convolutions have two sides more. */
export function renamed(layers: Named, names: Record<string, string>, convolutions = false): Named {
  const kept = Object.entries(names).map(([from, to]): [string, Numbers] => {
    const { shape, data } = layers[from];
    return [to, { shape: convolutions && shape.length === 2 ? [...shape, 1, 1] : shape, data }];
  });
  return Object.fromEntries(kept);
}

/** A dict of tensors; their storages are numbered from `first` on. */
export function pickled(tensors: Named, first = 0): P.Pickle {
  const entries = Object.entries(tensors).map(([name, { shape, data }], i): [P.Pickle, P.Pickle] => [
    P.text(name),
    P.tensor({ shape, count: data.length, key: `${first + i}` }),
  ]);
  return P.dict(...entries);
}

export function storagesOf(tensors: Named, first = 0): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.values(tensors).map(({ data }, i) => [`${first + i}`, new Uint8Array(data.slice().buffer)]),
  );
}

/** As torch.save writes it since version 1.6. */
export const torchOf = (tensors: Named): Uint8Array =>
  P.torchFile(P.whole(pickled(tensors)), storagesOf(tensors));

const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** As torch.save wrote it before: pickles in a row, then the storages, each after its count. */
export function legacyOf(pickle: P.Pickle, storages: Record<string, Uint8Array>, bytesEach = 4): Uint8Array {
  const keys = Object.keys(storages);
  const machine = P.dict([P.text("protocol_version"), P.int(1001)], [P.text("little_endian"), [0x88]]);
  const pickles = [MAGIC, P.int(1001), machine, pickle, P.list(...keys.map(P.text))];
  const numbers = keys.flatMap((key) => {
    const count = BigUint64Array.of(BigInt(storages[key].length / bytesEach));
    return [...new Uint8Array(count.buffer), ...storages[key]];
  });
  return Uint8Array.from([...pickles.flatMap((one) => [...P.whole(one)]), ...numbers]);
}

/** A varint of protocol buffers. */
const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(Math.floor(n / 128))]);
const textBytes = (text: string) => [...new TextEncoder().encode(text)];
/** Fields of a message. */
export const integer = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
export const message = (field: number, bytes: readonly number[] | Uint8Array) => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
export const textField = (field: number, text: string) => message(field, textBytes(text));

/** A tensor of ONNX, its numbers as raw bytes of a type. */
export function onnxTensor(
  name: string,
  shape: readonly number[],
  data: { buffer: ArrayBufferLike },
  type = 1,
): number[] {
  const raw = message(9, new Uint8Array(data.buffer.slice(0)));
  return [...shape.flatMap((side) => integer(1, side)), ...integer(2, type), ...textField(8, name), ...raw];
}

export interface OnnxNodeParts {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** The graph of a loop's body. */
  readonly body?: number[];
}

export function onnxGraph(nodes: readonly OnnxNodeParts[], tensors: readonly number[][]): number[] {
  const node = ({ operation, inputs, output, body }: OnnxNodeParts) => [
    ...inputs.flatMap((name) => textField(1, name)),
    ...textField(2, output),
    ...textField(4, operation),
    ...(body ? message(5, [...textField(1, "body"), ...message(6, body)]) : []),
  ];
  return [
    ...nodes.flatMap((one) => message(1, node(one))),
    ...tensors.flatMap((tensor) => message(5, tensor)),
  ];
}

export const onnxFile = (graph: readonly number[]): Uint8Array =>
  Uint8Array.from([...integer(1, 8), ...textField(2, "pytorch"), ...message(7, graph)]);

/** The four tensors as exporters of PyTorch write them: matrix products [P, D] and [D, C], biases added. */
export function onnxOf({ w1, b1, w2, b2 }: Named, bias = "fc0.bias"): Uint8Array {
  const turned = ({ shape: [a, b], data }: Numbers) => transposed(data, a, b);
  const nodes: OnnxNodeParts[] = [
    { operation: "MatMul", inputs: ["x", "val_1"], output: "y" },
    { operation: "Add", inputs: [bias, "y"], output: "z" },
    { operation: "Relu", inputs: ["z"], output: "h" },
    { operation: "MatMul", inputs: ["h", "val_2"], output: "dx" },
    ...(b2 ? [{ operation: "Add", inputs: ["dx", "fc1.bias"], output: "out" }] : []),
  ];
  const tensors = [
    onnxTensor("val_1", [...w1.shape].reverse(), turned(w1)),
    onnxTensor(bias, b1.shape, b1.data),
    onnxTensor("val_2", [...w2.shape].reverse(), turned(w2)),
    ...(b2 ? [onnxTensor("fc1.bias", b2.shape, b2.data)] : []),
  ];
  return onnxFile(onnxGraph(nodes, tensors));
}

/** The four tensors as constants of a TensorFlow.js graph, kernels [1, 1, inputs, outputs]. */
export function tfjsOf({ w1, b1, w2, b2 }: Named): unknown {
  const base64 = (data: Float32Array) => Buffer.from(data.slice().buffer).toString("base64");
  const constant = (name: string, shape: number[], data: Float32Array) => ({
    name,
    op: "Const",
    attr: {
      value: {
        tensor: {
          dtype: "DT_FLOAT",
          tensorShape: { dim: shape.map((size) => ({ size: `${size}` })) },
          tensorContent: base64(data),
        },
      },
    },
  });
  const kernel = (name: string, { shape: [out, inputs], data }: Numbers) =>
    constant(
      `sequential/${name}/Conv2D/ReadVariableOp/resource`,
      [1, 1, inputs, out],
      transposed(data, out, inputs),
    );
  const bias = (name: string, { shape, data }: Numbers) =>
    constant(`sequential/${name}/BiasAdd/ReadVariableOp/resource`, shape, data);
  const node = [kernel("conv2d", w1), bias("conv2d", b1), kernel("conv2d_1", w2), bias("conv2d_1", b2)];
  return { format: "graph-model", modelTopology: { node }, weightsManifest: [] };
}
