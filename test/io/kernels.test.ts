// Kernels of a perception that lie in a file beside the layers: fixed ones tell how the layers are meant, others are
// folded into them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { decodeModel, readModel } from "../../lib/io/model.js";
import type { Gradients, ReadOptions } from "../../lib/io/reading/reading.js";
import { asNeighbourhood } from "../../lib/rule/convolution.js";
import { filtersOf } from "../../lib/rule/filters.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import * as W from "./make-weights.js";

const lizard = decodeModel(new Uint8Array(readFileSync(`${root}/models/lizard.safetensors`))).rule;
const NAMES = { w1: "a.weight", b1: "a.bias", w2: "b.weight", b2: "b.bias" };

async function read(tensors: W.Named, options: ReadOptions = {}) {
  const said: string[] = [];
  const bytes = W.torchOf(tensors);
  const { rule, notes } = await readModel(bytes, "m", { say: (text) => said.push(text), ...options });
  return { rule, said, reading: JSON.parse(`${notes.reading}`) };
}

/** [C * K, 1, 3, 3], the same filters for every channel. */
function grouped(channels: number, filters: readonly Float32Array[]): W.Numbers {
  const data = Float32Array.from(
    Array(channels)
      .fill(filters)
      .flat()
      .flatMap((one) => [...one]),
  );
  return { shape: [channels * filters.length, 1, 3, 3], data };
}

/** Our filters in the order, with the signs and the scale of others. */
function filtersLike(gradients: Gradients, sobelScale: number): Float32Array[] {
  const [self, x, y] = filtersOf("sobel");
  const times = (filter: Float32Array, scale: number) => filter.map((weight) => weight * scale);
  const theirs = [
    times(x, gradients === "-x" ? -sobelScale : sobelScale),
    times(y, gradients === "-y" ? -sobelScale : sobelScale),
  ];
  return [self, ...(gradients === "yx" ? theirs.reverse() : theirs)];
}

/** Layers behind a grouped convolution. */
function layersOf(rule: Rule, gradients: Gradients = "xy", sobelScale = 1): W.Named {
  return W.renamed(W.layersOf(rule, { features: "channel-major", gradients, sobelScale }), NAMES);
}

for (const gradients of ["xy", "yx", "-x", "-y"] as const) {
  test(`fixed kernels say that ${gradients} are the gradients, and nothing is guessed`, async () => {
    for (const sobelScale of [1, 8]) {
      const layers = layersOf(lizard, gradients, sobelScale);
      const kernels = grouped(16, filtersLike(gradients, sobelScale));
      const { rule, said, reading } = await read({ ...layers, "perceive.weight": kernels });
      assert.deepEqual([rule.parameters, rule.spec.perception], [lizard.parameters, "sobel"]);
      assert.deepEqual(said, []);
      assert.deepEqual([reading.gradients, reading.sobelScale], [gradients, sobelScale]);
      assert.equal(reading.sure.gradients, "by its kernels");
      const { said: doubts } = await read(layers);
      assert.match(doubts.join(), /is a guess/, "without them it is one");
    }
  });
}

test("the caller decides against the kernels, and kernels against a family", async () => {
  const kernels = { "perceive.weight": grouped(16, filtersLike("yx", 1)) };
  const turned = await read({ ...layersOf(lizard), ...kernels }, { gradients: "xy" });
  assert.deepEqual([turned.rule.parameters, turned.reading.sure.gradients], [lizard.parameters, "given"]);
  const names = { w1: "conv2d.weight", b1: "conv2d.bias", w2: "conv2d_1.weight", b2: "conv2d_1.bias" };
  const layers = W.layersOf(lizard, { features: "channel-major", gradients: "yx", sobelScale: 1 });
  assert.deepEqual(
    (await read({ ...W.renamed(layers, names), ...kernels })).rule.parameters,
    lizard.parameters,
  );
});

test("a Laplacian's kernel says its scale", async () => {
  const rule = createRule({ perception: "laplacian", channels: 4, hidden: 3, rngSeed: 2 });
  rule.parameters.w2.fill(0.01);
  const [self, x, y, laplacian] = filtersOf("laplacian");
  const kernels = grouped(4, [self, x, y, laplacian.map((weight) => weight / 4)]);
  const layers = W.layersOf(rule, { features: "channel-major", gradients: "xy", sobelScale: 1 });
  const names = { w1: "w1.weight", b1: "w1.bias", w2: "w2.weight" };
  const { reading, said } = await read({ ...W.renamed(layers, names, true), filters: kernels });
  assert.deepEqual([reading.sobelScale, reading.laplacianScale], [1, 0.25]);
  assert.doesNotMatch(said.join(), /scale is a guess/);
});

test("learned kernels and their bias are folded: the rule is a learned convolution", async () => {
  const layers = layersOf(lizard);
  const kernels = grouped(16, filtersOf("sobel"));
  const w1 = layers["a.weight"].data.slice();
  const [feature, place] = [7, 9]; // channel 2, gradient x: its kernel twice as large, its weights half
  for (let i = 0; i < place; i++) kernels.data[feature * place + i] *= 2;
  for (let unit = 0; unit < 128; unit++) w1[unit * 48 + feature] /= 2;
  const tensors = { ...layers, "a.weight": { shape: [128, 48], data: w1 }, "perceive.weight": kernels };
  const { rule, said } = await read(tensors);
  const expected = asNeighbourhood(lizard);
  assert.deepEqual(rule.spec, { ...expected.spec });
  for (const name of PARAMETERS) {
    const worst = rule.parameters[name].reduce(
      (most, x, i) => Math.max(most, Math.abs(x - expected.parameters[name][i])),
      0,
    );
    assert(worst < 1e-6, `${name} is off by ${worst}`);
  }
  assert.match(
    said.join(),
    /^m is read as a learned convolution, made of its kernels: alive mask pre-and-post/,
  );
  const bias = { shape: [48], data: Float32Array.from({ length: 48 }, (_, i) => Number(i === 5)) };
  const { b1 } = (await read({ ...tensors, "perceive.bias": bias })).rule.parameters;
  for (let unit = 0; unit < 128; unit++)
    assert(Math.abs(b1[unit] - lizard.parameters.b1[unit] - w1[unit * 48 + 5]) < 1e-6);
  assert.equal((await read(tensors, { aliveMask: "pre" })).rule.spec.aliveMask, "pre");
  await assert.rejects(read(tensors, { gradients: "yx" }), {
    name: "InvalidInputError",
    message: "gradients has no effect: m holds its kernels. Leave it out.",
  });
});
