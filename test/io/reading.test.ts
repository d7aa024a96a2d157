// What the caller says of other people's weights: what it decides, where it has no effect, and which of several rules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { encodeRule } from "../../lib/io/checkpoint.js";
import { encodeDistill } from "../../lib/io/distill/distill.js";
import { chooseModel } from "../../lib/io/layers/choose.js";
import { weightsOf } from "../../lib/io/layers/weights.js";
import { decodeModel, readModel } from "../../lib/io/model.js";
import { encodeOnnx } from "../../lib/io/onnx/write.js";
import type { ReadOptions } from "../../lib/io/reading/reading.js";
import { searchReading } from "../../lib/io/reading/search.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { torchTensors } from "../../lib/io/torch/torch.js";
import { convertFlags } from "../../scripts/convert.js";
import { parse } from "../../scripts/shared/command.js";
import { readingText, readOptionsOf } from "../../scripts/shared/reading.js";
import * as P from "./make-torch.js";
import * as W from "./make-weights.js";

const lizard = decodeModel(new Uint8Array(readFileSync(`${root}/models/lizard.safetensors`))).rule;
const FC = { w1: "fc0.weight", b1: "fc0.bias", w2: "fc1.weight", b2: "fc1.bias" };
const TURNED = { ...W.FILTER_MAJOR, gradients: "yx" } as const;

/** What is said while it is read, and the rule. */
async function read(bytes: Uint8Array, options: ReadOptions = {}) {
  const said: string[] = [];
  const { rule, notes } = await readModel(bytes, "m", { say: (text) => said.push(text), ...options });
  return { rule, said, reading: notes.reading === undefined ? undefined : JSON.parse(notes.reading) };
}

const numbers = (shape: number[], value: number): W.Numbers => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});
const filled = (shape: number[]) => numbers(shape, 0.01);
const zeros = (shape: number[]) => numbers(shape, 0);

/** A texture that has bounds while its Laplacian is divided by 16, and none while it is whole. */
function dividedTexture(): W.Named {
  const [w1, w2, b1] = [new Float32Array(8 * 16), new Float32Array(4 * 8), new Float32Array(8)];
  for (let c = 0; c < 4; c++) {
    w1[c * 16 + c * 4 + 3] = 0.5;
    w1[(4 + c) * 16 + c * 4 + 3] = -0.5;
    [w2[c * 8 + c], w2[c * 8 + 4 + c], b1[c]] = [1, -1, 0.001];
  }
  return {
    "w1.weight": { shape: [8, 16, 1, 1], data: w1 },
    "w1.bias": { shape: [8], data: b1 },
    "w2.weight": { shape: [4, 8, 1, 1], data: w2 },
  };
}

test("a texture of divided filters is found by its bounds, and saying its scales makes the same rule", async () => {
  const bytes = W.torchOf(dividedTexture());
  const found = await read(bytes);
  assert.deepEqual([found.reading.sobelScale, found.reading.laplacianScale], [1, 0.25]);
  assert.match(
    found.said.join(),
    /Sobel filters times 1, Laplacian times 0\.25: .*sobelScale and laplacianScale/,
  );
  const given: ReadOptions[] = [
    { sobelScale: 1 },
    { sobelScale: 1, features: "channel-major" },
    { laplacianScale: 0.25, sobelScale: 1, features: "channel-major" },
  ];
  for (const options of given) assert.deepEqual((await read(bytes, options)).rule, found.rule);
  const features = "channel-major";
  const scalesOf = async (options: ReadOptions) => {
    const { reading } = await read(bytes, { features, ...options });
    return [reading.sobelScale, reading.laplacianScale];
  };
  assert.deepEqual(await scalesOf({ sobelScale: 8 }), [8, 4]);
  assert.deepEqual(await scalesOf({ sobelScale: 6 }), [6, 3], "nobody's: both are larger");
  assert.deepEqual(await scalesOf({ sobelScale: 8, laplacianScale: 0.5 }), [8, 0.5]);
  await assert.rejects(
    read(bytes, { sobelScale: 8, laplacianScale: 4 }),
    /does not live .*laplacianScale \(1 for/,
  );
  const zero = /laplacianScale is 0; expected a number above 0, 1 for a Laplacian divided by 4/;
  await assert.rejects(read(bytes, { laplacianScale: 0 }), zero);
});

test("an option that would change nothing is refused", async () => {
  const idle = (message: string) => ({ name: "InvalidInputError", message: `${message}. Leave it out.` });
  const sobel = W.torchOf(W.renamed(W.layersOf(lizard, TURNED), FC));
  await assert.rejects(
    read(sobel, { laplacianScale: 1 }),
    idle("laplacianScale has no effect: m holds a rule without a Laplacian"),
  );
  const learned = P.torchFile(P.whole(P.stateDict()));
  for (const options of [{ gradients: "yx" }, { features: "filter-major" }, { sobelScale: 1 }] as const) {
    const [name] = Object.keys(options);
    const message = `${name} has no effect: the convolution is a learned one, which says it`;
    await assert.rejects(read(learned, options), idle(message));
  }
  const { spec } = (await read(learned, { boundary: "torus", aliveMask: "none", fireRate: 1 })).rule;
  assert.deepEqual([spec.boundary, spec.aliveMask, spec.fireRate], ["torus", "none", 1]);
  const original = (await read(learned)).rule;
  for (const bytes of [
    encodeRule(lizard),
    encodeDistill(lizard).bytes,
    encodeOnnx(lizard),
    encodeStateDict(original),
  ]) {
    await assert.rejects(read(bytes, { boundary: "torus" }), idle("boundary has no effect: m says it"));
    await assert.rejects(
      read(bytes, { fireRate: 0.5, boundary: undefined }),
      idle("fireRate has no effect: m says it"),
    );
    await read(bytes, { gradients: undefined });
  }
  for (const bytes of [encodeRule(lizard), encodeDistill(lizard).bytes]) {
    await assert.rejects(read(bytes, { model: "ema" }), idle("model has no effect: m holds one rule"));
  }
});

test("of several models in a file that says its specification the option takes one", async () => {
  const { rule } = await read(P.torchFile(P.whole(P.stateDict())));
  const { tensors, metadata } = decodeSafetensors(encodeStateDict(rule), "m");
  const one = tensors as W.Named;
  const other = { ...one, "model.0.bias": { shape: [2], data: Float32Array.of(5, 6) } };
  const both = [
    ...Object.entries(one).map(([name, tensor]) => [`ema.${name}`, tensor]),
    ...Object.entries(other).map(([name, tensor]) => [`net.${name}`, tensor]),
  ];
  const bytes = encodeSafetensors(Object.fromEntries(both), metadata);
  await assert.rejects(read(bytes), /several models: it has "ema", "net"/);
  assert.deepEqual((await read(bytes, { model: "ema" })).rule, rule);
  assert.deepEqual((await read(bytes, { model: "net" })).rule.parameters.b1, Float32Array.of(5, 6));
});

test("a name that a terminal would obey is not printed as it is", async () => {
  const data = new Uint32Array(384);
  const names = { "x\u001b[2J\nw.weight": { shape: [8, 48], data }, "y.weight": filled([16, 8]) };
  await assert.rejects(read(encodeSafetensors(names)), {
    name: "FileError",
    message: "m: x?[2J?w.weight holds integers or floats of 8 bits, expected F64, F32, F16 or BF16.",
  });
});

test("the flags of convert are these options, and go into the command that it notes", () => {
  const said =
    "--submodel ema --gradients yx --features channel-major --sobel-scale 8 --laplacian-scale 0.25 " +
    "--boundary torus --alive-mask none --colours straight --fire-rate 0.25";
  const { values } = parse(convertFlags, `--model a.pt --out b.safetensors ${said}`.split(" "));
  assert.deepEqual(readOptionsOf(values), {
    model: "ema",
    gradients: "yx",
    features: "channel-major",
    sobelScale: 8,
    laplacianScale: 0.25,
    boundary: "torus",
    aliveMask: "none",
    premultiplied: false,
    fireRate: 0.25,
  });
  assert.equal(readingText(values), ` ${said}`);
  for (const [flag, text] of [
    ["--fire-rate", "1.5"],
    ["--laplacian-scale", "0"],
  ]) {
    const args = ["--model", "a.pt", "--out", "b.safetensors", flag, text];
    assert.throws(() => parse(convertFlags, args), new RegExp(`${flag} is "${text}"; expected a`));
  }
});

test("models whose names do not tell them apart go by the names of their weights", async () => {
  const bytes = W.torchOf({
    "a1.weight": filled([8, 4, 3, 3]),
    "a2.weight": filled([4, 8, 1, 1]),
    "b1.weight": filled([16, 4, 3, 3]),
    "b2.weight": filled([4, 16, 1, 1]),
  });
  const several = /several models: it has "a1\.weight", "b1\.weight"; say which: \{ model: "a1\.weight" \}/;
  await assert.rejects(read(bytes), several);
  for (const [model, hidden] of [["a1.weight", 8] as const, ["b1.weight", 16] as const]) {
    assert.equal((await read(bytes, { model })).rule.spec.hidden, hidden);
  }
});

for (const name of ["exp_avg", "momentum_buffer", "square_avg", "acc_delta", "sum", "exp_inf", "prev"]) {
  test(`an optimizer's ${name} beside the two layers is no third`, async () => {
    const layers = { "fc0.weight": filled([8, 4, 3, 3]), "fc1.weight": filled([4, 8, 1, 1]) };
    const states = {
      [`optimizer.state.0.${name}`]: layers["fc0.weight"],
      [`optimizer.state.1.${name}`]: layers["fc1.weight"],
    };
    assert.equal((await read(W.torchOf({ ...layers, ...states }))).rule.spec.hidden, 8);
  });
}

test("a rule too large to be grown in every reading is refused soon, and says so", async () => {
  const names = { w1: "a.weight", b1: "a.bias", w2: "b.weight", b2: "b.bias" };
  const search = (tensors: W.Named, left: number) => {
    const model = chooseModel(torchTensors(W.torchOf(tensors), "m"), "m");
    return searchReading({ model, weights: weightsOf(model, "m"), where: "m", options: {} }, { left });
  };
  const unknown = W.renamed(W.layersOf(lizard, { ...W.FILTER_MAJOR, features: "channel-major" }), names);
  const { rule, doubt } = await search(unknown, 1e11);
  assert.deepEqual(rule.parameters, lizard.parameters);
  assert.doesNotMatch(`${doubt}`, /too large/);
  await assert.rejects(search(unknown, 1e6), /m holds .* \(8 readings were too large to be grown\): say how/);
  const known = W.renamed(W.layersOf(lizard, TURNED), FC);
  assert.match(`${(await search(known, 1e6)).doubt}`, /gradients yx, .*: it was not grown from a seed/);
  await assert.rejects(search(dividedTexture(), 1e6), /\(1 reading was too large to be grown\)/);
});

test("weights of the largest size that live in no reading are given up within seconds", async () => {
  const tensors = { "a.weight": zeros([512, 128]), "a.bias": zeros([512]), "b.weight": zeros([32, 512]) };
  const budget = { left: 2e10 };
  const model = chooseModel(torchTensors(W.torchOf(tensors), "m"), "m");
  const sought = { model, weights: weightsOf(model, "m"), where: "m", options: {} };
  await assert.rejects(searchReading(sought, budget), /too large to be grown/);
  assert(budget.left > -2e10, `${budget.left}`);
});
