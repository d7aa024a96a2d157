import assert from "node:assert/strict";
import test from "node:test";
import { RGBA, seedCells } from "../../lib/cells/cells.js";
import { stateAt } from "../../lib/engine/grow.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { load } from "../../lib/io/load.js";
import { decodeModel } from "../../lib/io/model.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { asNeighbourhood } from "../../lib/rule/convolution.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import type { RuleSpec } from "../../lib/rule/spec.js";
import { unusualCase } from "../engine/unusual.js";
import { counted } from "./counted.js";

test("a state dict has PyTorch's names, shapes and order", () => {
  const { tensors, metadata } = decodeSafetensors(encodeStateDict(counted(4, 3)), "x");
  assert.equal(metadata.format, "pt"); // what Python's package calls PyTorch
  const shapes = Object.entries(tensors).map(([name, { shape }]) => `${name} ${shape}`);
  const expected = ["0.bias 3", "0.weight 3,4,3,3", "2.bias 4", "2.weight 4,3,1,1"];
  assert.deepEqual(
    shapes.sort(),
    expected.map((text) => `model.${text}`),
  );
  for (const [name, { data }] of Object.entries(tensors)) {
    assert(
      (data as Float32Array).every((x, i) => x === i / 64 - 1),
      name,
    );
  }
});

test("what is written is read back, with all that the rule is", () => {
  const options: Partial<RuleSpec>[] = [
    {},
    { aliveMask: "pre", premultiplied: false },
    { aliveMask: "none", fireRate: 1 },
  ];
  for (const option of options) {
    const rule = createRule({ perception: "neighbourhood", channels: 6, hidden: 5, rngSeed: 2, ...option });
    for (const name of PARAMETERS) rule.parameters[name].set(rule.parameters[name].map((x, i) => x + i / 8));
    assert.deepEqual(decodeModel(encodeStateDict(rule)), { rule, notes: {} });
  }
});

test("where a rule grows goes with it", () => {
  const grid = { height: 9, width: 8, seeds: [{ dx: 1, dy: -2 }] };
  for (const perception of ["sobel", "neighbourhood"] as const) {
    const rule = { ...createRule({ perception, channels: 4, hidden: 2 }), grid };
    assert.deepEqual(decodeModel(encodeStateDict(rule)).rule.grid, grid);
  }
});

test("state dicts that others wrote as safetensors are the original's rule", () => {
  const { tensors } = decodeSafetensors(encodeStateDict(counted(4, 3)), "x");
  const floats = Object.entries(tensors).map(([name, { shape, data }]) => [
    name.replace("model", "net"),
    { shape, data: data as Float32Array },
  ]);
  for (const metadata of [undefined, { format: "pt" }]) {
    assert.deepEqual(
      decodeModel(encodeSafetensors(Object.fromEntries(floats), metadata)).rule,
      counted(4, 3),
    );
  }
});

test("fixed filters are folded: the same rule as a learned convolution, whose steps are the same", () => {
  const reference = new ReferenceEngine();
  for (let index = 0; index < 20; index++) {
    const { rule, cells, rngSeed, name } = unusualCase(index);
    const folded = decodeModel(encodeStateDict(rule)).rule;
    const isFixed = rule.spec.perception !== "neighbourhood";
    const angle = isFixed ? 0 : rule.spec.angle;
    assert.deepEqual(folded.spec, { ...rule.spec, perception: "neighbourhood", angle }, name);
    const [before, after] = [rule, folded].map(
      (one) => reference.growSync(one, cells, { steps: 1, rngSeed }).data,
    );
    const scale = Math.max(1, ...before.map(Math.abs));
    const worst = before.reduce((most, x, i) => Math.max(most, Math.abs(x - after[i])), 0) / scale;
    assert(isFixed ? worst < 1e-5 : worst === 0, `${name} is off by ${worst}`);
  }
});

test("a folded weight is the exact sum, rounded once", () => {
  const rule = createRule({ channels: 4, hidden: 2, perception: "laplacian", rngSeed: 3 });
  const { w1 } = asNeighbourhood(rule).parameters;
  const [identity, x, y, laplacian] = [0, 1, 2, 3].map((k) => rule.parameters.w1[(k * 4 + 1) * 2 + 1]);
  const folded = Array.from({ length: 9 }, (_, place) => w1[(place * 4 + 1) * 2 + 1]);
  assert.equal(folded[0], Math.fround(-x / 8 - y / 8 + laplacian / 4)); // the upper left neighbour
  assert.equal(folded[4], Math.fround(identity - 3 * laplacian));
  assert.equal(folded[5], Math.fround(x / 4 + laplacian / 2)); // the right one
});

test("the lizard as a state dict grows the same lizard", async () => {
  const rule = await load("models/lizard.safetensors");
  const folded = decodeModel(encodeStateDict(rule)).rule;
  const seeds = seedCells(1, 72, 72, 16);
  const [before, after] = await Promise.all(
    [rule, folded].map((one) => stateAt(one, seeds, 96, { rngSeed: 1 })),
  );
  const worst = before.data.reduce(
    (most, x, i) => (i % 16 < RGBA ? Math.max(most, Math.abs(x - after.data[i])) : most),
    0,
  );
  assert(worst > 0 && worst < 1e-4, `off by ${worst}`);
});

test("a weight that float32 cannot hold once it is folded is refused", () => {
  const rule = createRule({ channels: 4, hidden: 2, perception: "laplacian" });
  rule.parameters.w1.fill(3e38);
  assert.throws(() => encodeStateDict(rule), { name: "InvalidInputError", message: /w1 has -Infinity/ });
});

test("a file that says what its weights are not is refused", () => {
  const { tensors } = decodeSafetensors(encodeStateDict(counted(4, 3)), "x");
  const writable = tensors as Record<string, { shape: number[]; data: Float32Array }>;
  const as = (rule: string) => decodeModel(encodeSafetensors(writable, { format: "pt", rule }), "m");
  assert.throws(
    () => as(JSON.stringify(createRule().spec)),
    /m holds weights for the perception neighbourhood, and says sobel/,
  );
  const sizes = (channels: number, hidden: number) => {
    const { spec } = createRule({ channels, hidden, perception: "neighbourhood", aliveMask: "pre" });
    return JSON.stringify({ ...spec, inputs: [channels - 1] });
  };
  assert.deepEqual(as(sizes(4, 3)).rule.spec.inputs, [3]);
  for (const [channels, hidden] of [
    [16, 3],
    [4, 5],
  ]) {
    const said = `m holds weights for 4 channels and 3 hidden units, and says ${channels} and ${hidden}; write it again.`;
    assert.throws(() => as(sizes(channels, hidden)), { name: "FileError", message: said });
  }
  for (const note of ["5", "glider", "[1]"]) assert.deepEqual(as(note).rule, counted(4, 3), "another's note");
  assert.throws(() => as("{"), /m does not hold a rule that can be used: its specification is not JSON/);
  const { "model.2.bias": _, ...three } = writable;
  assert.deepEqual(decodeModel(encodeSafetensors(three)).rule.parameters.b2, new Float32Array(4)); // no bias is zero
  const { "model.2.weight": __, ...one } = writable;
  assert.throws(() => decodeModel(encodeSafetensors(one)), /no model of two layers: it has "model/);
  const wide = { ...writable, "model.0.bias": { shape: [1, 3], data: new Float32Array(3) } };
  assert.throws(
    () => decodeModel(encodeSafetensors(wide), "m"),
    /m: model\.0\.bias is \[1,3\], expected \[3\]/,
  );
});
