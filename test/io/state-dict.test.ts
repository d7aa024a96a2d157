import assert from "node:assert/strict";
import test from "node:test";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { decodeModel } from "../../lib/io/model.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import type { RuleSpec } from "../../lib/rule/spec.js";
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

test("a rule with fixed filters is no state dict, and none is read as one", () => {
  assert.throws(() => encodeStateDict(createRule()), InvalidInputError);
  assert.throws(
    () => encodeStateDict(createRule({ perception: "laplacian" })),
    /laplacian; .* neighbourhood/,
  );
  const { tensors } = decodeSafetensors(encodeStateDict(counted(4, 3)), "x");
  const writable = tensors as Record<string, { shape: number[]; data: Float32Array }>;
  const as = (rule: string) => decodeModel(encodeSafetensors(writable, { format: "pt", rule }), "m");
  assert.throws(() => as(JSON.stringify(createRule().spec)), /m holds convolutions and the perception sobel/);
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
