import assert from "node:assert/strict";
import test from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { chooseModel } from "../../lib/io/layers/choose.js";
import { weightsOf } from "../../lib/io/layers/weights.js";
import { decodeModel } from "../../lib/io/model.js";
import { onnxTensors } from "../../lib/io/onnx/onnx.js";
import { fieldsOf } from "../../lib/io/onnx/protobuf.js";
import * as W from "./make-weights.js";

/** Weights that count up: [2 hidden, 3 filters * 4 channels], [4, 2]. */
const counting = (shape: number[]): W.Numbers => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 8 - 1),
});
const layers = { w1: counting([2, 12]), b1: counting([2]), w2: counting([4, 2]), b2: counting([4]) };
const expected = { w1: layers.w1.data, b1: layers.b1.data, w2: layers.w2.data, b2: layers.b2.data };

function read(bytes: Uint8Array) {
  const model = chooseModel(onnxTensors(bytes, "m"), "m");
  return { model, weights: weightsOf(model, "m") };
}

test("matrix products [inputs, outputs] and biases that are added", () => {
  const { model, weights } = read(W.onnxOf(layers));
  assert.deepEqual(weights, expected);
  assert.equal(model.first.name, "fc0.weight");
});

const { w1, b1, w2, b2 } = layers;
const tensor = (name: string, { shape, data }: W.Numbers) => W.onnxTensor(name, shape, data);
const TENSORS = [tensor("a.weight", w1), tensor("a.bias", b1), tensor("b.weight", w2), tensor("b.bias", b2)];
const GEMM = [
  { operation: "Gemm", inputs: ["x", "a.weight", "a.bias"], output: "y" },
  { operation: "Gemm", inputs: ["y", "b.weight", "b.bias"], output: "z" },
];

test("Gemm with its weights turned, 1x1 convolutions, and a Transpose in the graph", () => {
  assert.deepEqual(read(W.onnxFile(W.onnxGraph(GEMM, TENSORS))).weights, expected);
  const nodes = GEMM.map((node) => ({ ...node, operation: "Conv" }));
  const four = [
    W.onnxTensor("a.weight", [2, 12, 1, 1], w1.data),
    TENSORS[1],
    W.onnxTensor("b.weight", [4, 2, 1, 1], w2.data),
    W.onnxTensor("b.bias", [1, 4, 1, 1], b2.data),
    W.onnxTensor("sobel", [12, 1, 3, 3], new Float32Array(108)),
  ];
  assert.deepEqual(read(W.onnxFile(W.onnxGraph(nodes, four))).weights, expected);
  const turned = [
    { operation: "Transpose", inputs: ["a.weight"], output: "t" },
    { operation: "MatMul", inputs: ["x", "t"], output: "y" },
    { operation: "Add", inputs: ["y", "a.bias"], output: "h" },
    GEMM[1],
  ];
  assert.deepEqual(read(W.onnxFile(W.onnxGraph(turned, TENSORS))).weights, expected);
});

test("inside the body of a loop, whose weights may lie outside of it", () => {
  const body = W.onnxGraph(GEMM, TENSORS.slice(0, 2));
  const loop = [{ operation: "Loop", inputs: ["n"], output: "out", body }];
  assert.deepEqual(read(W.onnxFile(W.onnxGraph(loop, TENSORS.slice(2)))).weights, expected);
});

test("double, half, and numbers that are no raw bytes", () => {
  const halves = Uint16Array.of(0x3c00, 0xbc00, 0x0001, 0x7bff);
  const floats = W.message(4, new Uint8Array(b1.data.slice().buffer));
  const packed = [0x3c00, 0xbc00, 1, 0x7bff].flatMap((n) => [
    ...(n < 128
      ? [n]
      : n < 16384
        ? [(n & 127) | 128, n >> 7]
        : [(n & 127) | 128, ((n >> 7) & 127) | 128, n >> 14]),
  ]);
  const numbers = [1, -1, 2 ** -24, 65504];
  const cases: [number[], number[]][] = [
    [W.onnxTensor("b.bias", [4], halves, 10), numbers],
    [W.onnxTensor("b.bias", [4], Float64Array.from(b2.data), 11), [...b2.data]],
    [
      [...W.integer(1, 4), ...W.integer(2, 10), ...W.textField(8, "b.bias"), ...W.message(5, packed)],
      numbers,
    ],
  ];
  for (const [bias, read2] of cases) {
    const file = W.onnxFile(W.onnxGraph(GEMM, [...TENSORS.slice(0, 3), bias]));
    assert.deepEqual([...read(file).weights.b2], read2);
  }
  const first = [...W.integer(1, 2), ...W.integer(2, 1), ...W.textField(8, "a.bias"), ...floats];
  assert.deepEqual(
    read(W.onnxFile(W.onnxGraph(GEMM, [TENSORS[0], first, ...TENSORS.slice(2)]))).weights,
    expected,
  );
});

const external = [...W.integer(1, 2), ...W.integer(1, 12), ...W.integer(2, 1), ...W.textField(8, "a.weight")];
const REFUSED: [string, number[], RegExp][] = [
  ["a graph without layers", W.onnxGraph([], TENSORS), /no model of two layers: it has no tensors/],
  [
    "integers",
    W.onnxGraph(GEMM, [W.onnxTensor("a.weight", [2, 12], new Int32Array(24), 6), ...TENSORS.slice(1)]),
    /ONNX's type 6/,
  ],
  [
    "numbers elsewhere",
    W.onnxGraph(GEMM, [[...external, ...W.message(13, [])], ...TENSORS.slice(1)]),
    /lies in another file/,
  ],
  [
    "too few numbers",
    W.onnxGraph(GEMM, [W.onnxTensor("a.weight", [2, 12], new Float32Array(3)), ...TENSORS.slice(1)]),
    /is \[2,12\], but holds 3/,
  ],
];
for (const [name, graph, message] of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => read(W.onnxFile(graph)),
      (error) => error instanceof FileError && message.test(error.message),
    );
  });
}

test("refuses a file that is cut short anywhere, and graphs nested without end", () => {
  const whole = W.onnxFile(W.onnxGraph(GEMM, TENSORS));
  for (let end = 12; end < whole.length; end += 7) {
    assert.throws(
      () => onnxTensors(whole.subarray(0, end), "m"),
      /m is no usable ONNX file: it is cut short/,
    );
  }
  const deep = Array.from({ length: 20 }).reduce<number[]>(
    (body) => W.onnxGraph([{ operation: "If", inputs: [], output: "o", body }], []),
    W.onnxGraph(GEMM, TENSORS),
  );
  assert.throws(() => decodeModel(W.onnxFile(deep), "m"), /nested deeper than 8/);
});

test("60,000 layers, of one set of weights or each of its own, are read in no time", () => {
  const own = Array.from({ length: 30_000 }, (_, i) => `w${i}`);
  for (const names of [Array<string>(60_000).fill("a.weight"), own]) {
    const nodes = names.map((name) => ({ operation: "MatMul", inputs: ["x", name], output: `y${name}` }));
    const tensors = [...new Set(names)].map((name) => W.onnxTensor(name, [1, 1], Float32Array.of(1)));
    const bytes = W.onnxFile(W.onnxGraph(nodes, tensors));
    const began = performance.now();
    assert.equal(onnxTensors(bytes, "m").size, tensors.length);
    assert(performance.now() - began < 2000);
  }
});

test("an integer of 64 bits comes as a float64, rounded", () => {
  const most = [...fieldsOf(Uint8Array.from([8, ...Array(9).fill(255), 1]), "m")];
  assert.deepEqual(most, [{ number: 1, value: 2 ** 64 }]);
});
