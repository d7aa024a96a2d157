import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decodeRule, encodeRule } from "../../lib/io/checkpoint.js";
import { encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { createRule, fingerprint } from "../../lib/rule/rule.js";
import { DEFAULT_SPEC, specData } from "../../lib/rule/spec.js";

const rule = createRule({
  perception: "laplacian",
  hidden: 7,
  channels: 5,
  aliveMask: "pre",
  angle: 0.5,
  rngSeed: 3,
});
const bytes = encodeRule(rule, { command: "npm run train" });

test("a checkpoint keeps the rule's whole specification, its weights and its notes", () => {
  assert.deepEqual(decodeRule(bytes), { rule, notes: { command: "npm run train" } });
  assert.deepEqual(encodeRule(rule, { command: "npm run train" }), bytes);
});

test("a truncated checkpoint is refused at every length", () => {
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeRule(bytes.subarray(0, length), "x.safetensors"), {
      name: "FileError",
      message: /x\.safetensors/,
    });
  }
});

test("tensors that are no rule, or of another one, are refused", () => {
  const tensors = { w1: { shape: [1], data: new Float32Array(1) } };
  assert.throws(() => decodeRule(encodeSafetensors(tensors, {})), /not a rule/);
  const other = (spec: object) =>
    encodeSafetensors(tensors, { format: "nca-rule-1", rule: JSON.stringify(spec) });
  assert.throws(() => decodeRule(other(rule.spec)), /another rule: w1 is \[1\], expected float32 \[20,7\]/);
  assert.throws(() => decodeRule(other({ ...rule.spec, hidden: 1e9 })), /hidden is 1000000000/);
  assert.throws(() => decodeRule(other({ ...rule.spec, perception: "toString" })), /perception "toString"/);
  const noJson = encodeSafetensors(tensors, { format: "nca-rule-1", rule: "{" });
  assert.throws(() => decodeRule(noJson), /not JSON/);
});

test("a rule keeps every field of its specification, and one that this version does not know is refused", () => {
  const unusual = {
    boundary: "torus",
    inputs: [0, 2],
    aliveChannel: 2,
    aliveThreshold: 0.25,
    aliveReach: "cell",
    premultiplied: false,
  } as const;
  const rule = createRule({ channels: 6, hidden: 4, ...unusual });
  const usual = Object.keys(specData(DEFAULT_SPEC));
  const later = Object.keys(DEFAULT_SPEC).filter((name) => !usual.includes(name));
  assert.deepEqual(
    later.sort(),
    Object.keys(unusual)
      .filter((name) => name !== "premultiplied")
      .sort(),
  );
  const bytes = encodeRule(rule);
  assert.deepEqual(decodeRule(bytes).rule, rule);
  const text = new TextDecoder("latin1").decode(bytes).replace("boundary", "boundari");
  const changed = Uint8Array.from(text, (character) => character.charCodeAt(0));
  assert.throws(() => decodeRule(changed, "a.safetensors"), {
    name: "FileError",
    message: /a\.safetensors .*"boundari", which a later version knows/,
  });
});

test("a usual rule's fingerprint and file stay what they are when rules get new fields", () => {
  const bytes = readFileSync("models/lizard.safetensors");
  const { rule, notes } = decodeRule(bytes);
  assert.equal(fingerprint(rule), "f55cfa4e");
  assert.deepEqual(Buffer.from(encodeRule(rule, notes)), bytes);
});
