// Small files of weights to start from, in the forms that other people's have, good and bad ones.

import { filtersOf } from "../../lib/rule/filters.js";
import { createRule } from "../../lib/rule/rule.js";
import * as P from "../io/make-torch.js";
import * as W from "../io/make-weights.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);

export const small = createRule({ channels: 4, hidden: 2, rngSeed: 1 });

export const pickles = [
  P.whole(P.stateDict()),
  P.whole(P.dict([P.text("epoch"), P.int(3)], [P.text("model"), P.stateDict()])),
];
/** References to one text again and again: calls of it, and a list that holds itself. */
const again = (count: number, opcodes: P.Pickle) => Array(count).fill(opcodes).flat();
export const references = [
  [0x5d, 0x94, ...P.MARK, ...again(50, [0x68, 0]), 0x65],
  [
    ...[0x5d, ...P.MARK, ...P.global("_codecs", "encode"), 0x94, ...P.text("a".repeat(500)), 0x94],
    ...[...P.text("latin1"), 0x94, 0x68, 0, 0x68, 1, 0x68, 2, 0x86, 0x52, ...again(50, [0x68, 1]), 0x65],
  ],
  [...P.global("torch", "device"), ...P.MARK, ...P.text("cuda"), 0x94, ...again(7, [0x68, 0]), 0x74, 0x52],
].map((pickle) => P.whole(pickle));
export const checkpoints = pickles.map((pickle) => P.torchFile(pickle));

/** A rule with fixed filters in the forms that other people's have. */
const layers = W.layersOf(small, W.FILTER_MAJOR);
export const sobel = W.renamed(layers, { w1: "fc0.weight", b1: "fc0.bias", w2: "fc1.weight" });
/** The same with its kernels beside it. */
const filters = filtersOf("sobel").flatMap((filter) => [...filter]);
const kernels = { shape: [12, 1, 3, 3], data: Float32Array.from(Array(4).fill(filters).flat()) };
export const withKernels = { ...sobel, "perceive.weight": kernels };
export const legacySobel = W.legacyOf(W.pickled(sobel), W.storagesOf(sobel));
export const legacyLearned = W.legacyOf(P.stateDict(), P.storages());
const loop = W.onnxGraph(
  [
    { operation: "Conv", inputs: ["x", "a.weight", "a.bias"], output: "y" },
    { operation: "Conv", inputs: ["y", "b.weight"], output: "z" },
  ],
  [W.onnxTensor("a.bias", [2], Float64Array.of(1, 2), 11)],
);
export const onnx = [
  W.onnxOf(layers),
  W.onnxFile(
    W.onnxGraph(
      [{ operation: "Loop", inputs: ["n"], output: "out", body: loop }],
      [
        W.onnxTensor("a.weight", [2, 12, 1, 1], layers.w1.data),
        W.onnxTensor("b.weight", [4, 2, 1, 1], layers.w2.data),
      ],
    ),
  ),
];
const quantised = {
  weightSpecs: Object.entries({ "conv2d/kernel": [1, 1, 12, 2], "conv2d_1/kernel": [1, 1, 2, 4] }).map(
    ([name, shape]) => ({
      name,
      shape,
      dtype: "float32",
      quantization: { dtype: "uint8", scale: 0.1, min: -1 },
    }),
  ),
  weightData: Buffer.alloc(32, 7).toString("base64"),
};
export const tfjs = [W.tfjsOf(layers), quantised].map((value) => bytesOf(JSON.stringify(value)));
/** Values that no text and no number can be made of, wherever a model has one. */
const NO_TEXT = { toString: 1, valueOf: 1 };
const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
const node = (name: unknown, dim: unknown) => ({
  name,
  op: "Const",
  attr: { value: { tensor: { dtype: "DT_FLOAT", tensorContent: "", tensorShape: { dim } } } },
});
export const badTfjs = [
  { weightSpecs: [{}], weightData: [NO_TEXT] },
  { weightSpecs: [{ name: NO_TEXT }], weightData: "" },
  { weightSpecs: [{ name: "a", dtype: NO_TEXT }], weightData: "" },
  { weightSpecs: [{ name: "a", dtype: "float32", shape: [NO_TEXT] }], weightData: "" },
  { ...quantised, weightSpecs: quantised.weightSpecs.map((spec) => ({ ...spec, dtype: NO_TEXT })) },
  {
    ...quantised,
    weightSpecs: quantised.weightSpecs.map((spec) => ({
      ...spec,
      quantization: { dtype: "uint8", scale: NO_TEXT, min: NO_TEXT },
    })),
  },
  { weightsManifest: [{ paths: [NO_TEXT] }] },
  { modelTopology: { node: [node("a", [{ size: NO_TEXT }])] } },
  { modelTopology: { node: [node(NO_TEXT, [])] } },
]
  .map((value) => JSON.stringify(value))
  .concat(`{"weightSpecs":[{}],"weightData":[${deep}]}`, `{"weightSpecs":[{"name":${deep}}],"weightData":""}`)
  .map(bytesOf);
