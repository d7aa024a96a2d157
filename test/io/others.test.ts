// Other people's weights, in every form that people publish: a rule of ours is written as they would, and read back
// bit for bit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { decodeModel, readModel } from "../../lib/io/model.js";
import type { ReadOptions } from "../../lib/io/reading/reading.js";
import { encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import type { Rule } from "../../lib/rule/rule.js";
import * as P from "./make-torch.js";
import * as W from "./make-weights.js";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const lizard = decodeModel(new Uint8Array(readFileSync(`${root}/models/lizard.safetensors`))).rule;
const noLastBias: Rule = { ...lizard, parameters: { ...lizard.parameters, b2: new Float32Array(16) } };

/** What is said while it is read, and the rule. */
async function read(bytes: Uint8Array, options: ReadOptions = {}) {
  const said: string[] = [];
  const { rule, notes } = await readModel(bytes, "m", { say: (text) => said.push(text), ...options });
  return { rule, said, reading: notes.reading === undefined ? undefined : JSON.parse(notes.reading) };
}

function equal(rule: Rule, expected: Rule): void {
  assert.deepEqual(rule.parameters, expected.parameters);
  assert.equal(rule.spec.perception, expected.spec.perception);
}

const FC = { w1: "fc0.weight", b1: "fc0.bias", w2: "fc1.weight" };
const GROUPED = { ...W.FILTER_MAJOR, features: "channel-major" } as const;
const TURNED = { ...W.FILTER_MAJOR, gradients: "yx" } as const;

test("fc0 and fc1 are of the family that lays the grid down transposed", async () => {
  const layers = W.layersOf(lizard, TURNED);
  const whole = await read(W.torchOf(W.renamed(layers, { ...FC, b2: "fc1.bias" })));
  equal(whole.rule, lizard);
  assert.deepEqual([whole.said, whole.reading.gradients, whole.reading.sure.life], [[], "yx", "holds"]);
  assert.match(whole.reading.by, /chenmingxiang110/);
  const { rule, said } = await read(W.torchOf(W.renamed(layers, FC))); // a lizard without its last bias overgrows
  equal(rule, noLastBias);
  assert.match(said.join(), /it grows a pattern that does not hold\.$/);
});

test("what was written before PyTorch 1.6 is the same", async () => {
  const tensors = W.renamed(W.layersOf(lizard, TURNED), FC);
  const { rule } = await read(W.legacyOf(W.pickled(tensors), W.storagesOf(tensors)));
  equal(rule, noLastBias);
});

const CONVOLUTIONS: [
  string,
  Record<string, string>,
  Parameters<typeof W.layersOf>[1],
  Partial<Rule["spec"]>,
][] = [
  [
    "layers.0 and layers.2",
    { w1: "layers.0.weight", b1: "layers.0.bias", w2: "layers.2.weight", b2: "layers.2.bias" },
    GROUPED,
    { premultiplied: false },
  ],
  [
    "conv1 and conv2",
    { w1: "conv1.weight", b1: "conv1.bias", w2: "conv2.weight", b2: "conv2.bias" },
    { ...GROUPED, gradients: "-y" },
    { premultiplied: false },
  ],
  [
    "update_network",
    { w1: "update_network.0.weight", b1: "update_network.0.bias", w2: "update_network.2.weight" },
    { features: "filter-major", gradients: "-y", sobelScale: 8 },
    { premultiplied: false },
  ],
  [
    "update_module",
    { w1: "update_module.0.weight", b1: "update_module.0.bias", w2: "update_module.2.weight" },
    GROUPED,
    { premultiplied: true },
  ],
];
for (const [name, names, layout, spec] of CONVOLUTIONS) {
  test(`${name} are a known family's`, async () => {
    const tensors = W.renamed(W.layersOf(lizard, layout), names, true);
    const { rule, said } = await read(W.torchOf(tensors));
    equal(rule, names.b2 ? lizard : noLastBias);
    assert.deepEqual(said.length, names.b2 ? 0 : 1, "that it does not hold without its last bias");
    assert.deepEqual({ ...rule.spec, ...spec }, rule.spec);
    const { rule: torus } = await read(W.torchOf(tensors), { boundary: "torus" });
    assert.equal(torus.spec.boundary, "torus");
  });
}

for (const features of ["filter-major", "channel-major"] as const) {
  for (const sobelScale of [1, 8]) {
    test(`unknown names: ${features} and a scale of ${sobelScale} are found by growing`, async () => {
      const layers = W.layersOf(lizard, { features, sobelScale, gradients: "xy" });
      const names = { w1: "a.weight", b1: "a.bias", w2: "b.weight", b2: "b.bias" };
      const { rule, said, reading } = await read(W.torchOf(W.renamed(layers, names)));
      equal(rule, lizard);
      assert.deepEqual(
        [reading.features, reading.sobelScale, reading.sure.gradients],
        [features, sobelScale, "a guess"],
      );
      assert.match(said.join(), /^m is read as .*: that xy are its gradients is a guess/);
      assert.equal(rule.spec.premultiplied, true);
    });
  }
}

test("the options decide: a turned rule, and one that is not grown at all", async () => {
  for (const gradients of ["xy", "yx", "-x", "-y"] as const) {
    const layers = W.layersOf(lizard, { ...GROUPED, gradients });
    const names = { w1: "w1", b1: "b1", w2: "w2", b2: "b2" };
    const bytes = W.torchOf(W.renamed(layers, names));
    const { rule } = await read(bytes, { gradients });
    equal(rule, lizard);
    const given = { gradients, features: "channel-major", sobelScale: 1, aliveMask: "pre" } as const;
    const { rule: asGiven, reading } = await read(bytes, given);
    equal(asGiven, lizard);
    assert.deepEqual([asGiven.spec.aliveMask, reading.sure.life], ["pre", "not grown"]);
  }
  await assert.rejects(
    readModel(new Uint8Array(0), "m", { gradients: "y" as "yx" }),
    /Unknown gradients "y"/,
  );
});

test("weights that live under no reading are refused, with what to give", async () => {
  const layers = W.layersOf(lizard, GROUPED);
  const noise = { ...layers, w1: { ...layers.w1, data: layers.w1.data.map((x, i) => (i % 2 ? 3 * x : -x)) } };
  const bytes = W.torchOf(W.renamed(noise, { w1: "a.weight", b1: "a.bias", w2: "b.weight" }));
  await assert.rejects(
    read(bytes),
    /m holds a rule of 16 channels, 3 filters .* does not live .* features .*sobelScale/,
  );
  const given = await read(bytes, { features: "channel-major", sobelScale: 1 });
  assert.equal(given.rule.spec.channels, 16);
  assert.match(given.said.join(), /it was not grown from a seed/);
});

test("several models: the error names them, and the option chooses", async () => {
  const one = W.renamed(W.layersOf(lizard, TURNED), FC);
  const other = { ...one, "fc0.bias": { ...one["fc0.bias"], data: one["fc0.bias"].data.map((x) => x / 2) } };
  const count = Object.keys(one).length;
  const adam = { exp_avg: one["fc0.weight"], exp_avg_sq: one["fc0.weight"] };
  const pickle = P.dict(
    [P.text("ema"), W.pickled(one)],
    [P.text("model"), W.pickled(other, count)],
    [P.text("optimizer"), P.dict([P.text("state"), P.dict([P.int(0), W.pickled(adam, 2 * count)])])],
  );
  const data = { ...W.storagesOf(one), ...W.storagesOf(other, count), ...W.storagesOf(adam, 2 * count) };
  const bytes = P.torchFile(P.whole(pickle), data);
  await assert.rejects(read(bytes), /several models: it has "ema", "model"; say which: \{ model: "ema" \}/);
  equal((await read(bytes, { model: "ema" })).rule, noLastBias);
  const { parameters } = (await read(bytes, { model: "model" })).rule;
  assert.deepEqual(
    parameters.b1,
    noLastBias.parameters.b1.map((x) => x / 2),
  );
  await assert.rejects(read(bytes, { model: "best" }), /no one model "best": it has "ema", "model"/);
});

test("lists and tuples of four tensors are read in their order", async () => {
  const { w1, b1, w2, b2 } = W.layersOf(lizard, GROUPED);
  const tensors = { w1, b1, w2, b2 };
  const items = Object.values(tensors).map(({ shape, data }, i) =>
    P.tensor({ shape, count: data.length, key: `${i}` }),
  );
  for (const pickle of [P.list(...items), P.tuple(...items)]) {
    equal((await read(P.torchFile(P.whole(pickle), W.storagesOf(tensors)))).rule, lizard);
  }
});

test("safetensors: 16 and 64 bits, beside buffers of any type", async () => {
  const layers = W.renamed(W.layersOf(lizard, GROUPED), {
    w1: "w1.weight",
    b1: "w1.bias",
    w2: "w2.weight",
    b2: "w2.bias",
  });
  equal((await read(encodeSafetensors(layers))).rule, lizard);
  const halved = (await read(withTypes(layers))).rule.parameters;
  for (const name of ["w1", "b1", "w2", "b2"] as const) {
    const worst = halved[name].reduce(
      (most, x, i) => Math.max(most, Math.abs(x - lizard.parameters[name][i])),
      0,
    );
    assert(worst < 0.02, `${name} is off by ${worst}`);
  }
});

/** w1 as BF16, b1 as F64, w2 as F32, and buffers of bytes, booleans and integers. */
function withTypes(layers: W.Named): Uint8Array {
  const { "w1.weight": w1, "w1.bias": b1, ...rest } = layers;
  const upper = Uint16Array.from(new Uint32Array(w1.data.slice().buffer), (bits) => bits >>> 16);
  const parts: [string, string, number[], Uint8Array][] = [
    ["w1.weight", "BF16", w1.shape, new Uint8Array(upper.buffer)],
    ["w1.bias", "F64", b1.shape, new Uint8Array(Float64Array.from(b1.data).buffer)],
    ["mask", "U8", [3], Uint8Array.of(1, 2, 3)],
    ["num_batches_tracked", "I64", [], new Uint8Array(8)],
    ["is_new", "BOOL", [2], new Uint8Array(2)],
    ["sobel", "F16", [48, 1, 3, 3], new Uint8Array(48 * 18)],
    ...Object.entries(rest).map(
      ([name, { shape, data }]) =>
        [name, "F32", shape, new Uint8Array(data.slice().buffer)] as [string, string, number[], Uint8Array],
    ),
  ];
  let at = 0;
  const header = parts.map(([name, dtype, shape, bytes]) => {
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [at - bytes.length, at] }];
  });
  const text = bytesOf(Object.fromEntries(header));
  const length = new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer);
  return Uint8Array.from([length, text, ...parts.map(([, , , bytes]) => bytes)].flatMap((part) => [...part]));
}

test("TensorFlow.js: constants of the graph, and quantised weights beside it", async () => {
  const layers = W.layersOf(lizard, GROUPED);
  const { rule, said } = await read(bytesOf(W.tfjsOf(layers)));
  equal(rule, lizard);
  assert.deepEqual(said, []);
  const names = {
    w1: "dmodel/conv2d/kernel",
    b1: "dmodel/conv2d/bias",
    w2: "dmodel/conv2d_1/kernel",
    b2: "dmodel/conv2d_1/bias",
  };
  const quantised = Object.entries(names).map(([key, name]) => {
    const { shape, data } = layers[key];
    const [min, most] = [Math.min(...data), Math.max(...data)];
    const scale = (most - min) / 65535 || 1;
    const flat = shape.length === 2 ? W.transposed(data, shape[0], shape[1]) : data;
    const sides = shape.length === 2 ? [1, 1, shape[1], shape[0]] : shape;
    const spec = { name, shape: sides, dtype: "float32", quantization: { dtype: "uint16", scale, min } };
    return { spec, bytes: Buffer.from(Uint16Array.from(flat, (x) => Math.round((x - min) / scale)).buffer) };
  });
  const weightData = Buffer.concat(quantised.map(({ bytes }) => bytes)).toString("base64");
  const json = { modelTopology: {}, weightSpecs: quantised.map(({ spec }) => spec), weightData };
  const { w1 } = (await read(bytesOf(json))).rule.parameters;
  const worst = w1.reduce((most, x, i) => Math.max(most, Math.abs(x - lizard.parameters.w1[i])), 0);
  assert(worst < 1e-4, `off by ${worst}`);
  const apart = { modelTopology: {}, weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights: [] }] };
  await assert.rejects(read(bytesOf(apart)), /without weights: its weights lie in group1-shard1of1\.bin/);
});

test("a layer between the two, or a normalisation, is refused and not left out", async () => {
  const layers = W.renamed(W.layersOf(lizard, TURNED), {
    w1: "net.0.weight",
    b1: "net.0.bias",
    w2: "net.4.weight",
  });
  const middle = { shape: [128, 128], data: new Float32Array(128 * 128) };
  await assert.rejects(
    read(W.torchOf({ ...layers, "net.2.weight": middle })),
    /more than two dense layers: .*"net\.2\.weight" \[128,128\]/,
  );
  const norm = { shape: [128], data: new Float32Array(128) };
  await assert.rejects(
    read(W.torchOf({ ...layers, "net.1.running_var": norm })),
    /beside them "net\.1\.running_var"/,
  );
  const embedding = { shape: [7, 5], data: new Float32Array(35) };
  equal((await read(W.torchOf({ ...layers, "net.table": embedding }), { gradients: "yx" })).rule, noLastBias);
});

test("a rule that needs growing is no matter for the reader that does not grow", () => {
  const bytes = W.torchOf(W.renamed(W.layersOf(lizard, TURNED), FC));
  assert.throws(() => decodeModel(bytes, "m"), /m holds a rule of 3 fixed filters.*readModel and load/);
});

test("a texture is of a known family, whose filters are whole or divided: what has no bounds is not taken", async () => {
  const small = (scale: number): W.Named => ({
    "w1.weight": { shape: [8, 16, 1, 1], data: new Float32Array(128).fill(0.01 * scale) },
    "w1.bias": { shape: [8], data: new Float32Array(8).fill(0.001) },
    "w2.weight": { shape: [4, 8, 1, 1], data: new Float32Array(32).fill(-0.01) },
  });
  const { rule, said, reading } = await read(W.torchOf(small(1)));
  assert.deepEqual(
    [rule.spec.perception, rule.spec.aliveMask, rule.spec.boundary],
    ["laplacian", "none", "torus"],
  );
  assert.deepEqual([reading.sobelScale, reading.laplacianScale], [8, 4]);
  assert.match(said.join(), /a texture's scale is a guess/);
  await assert.rejects(read(W.torchOf(small(-1e6))), /does not live in any usual reading/);
});
