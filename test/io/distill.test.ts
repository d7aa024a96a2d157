import assert from "node:assert/strict";
import test from "node:test";
import { FileError, InvalidInputError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { decodeDistill, encodeDistill } from "../../lib/io/distill/distill.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import { DEFAULT_SPEC } from "../../lib/rule/spec.js";

/** 4 channels, 3 hidden units: bytes count up from 0, first layer and second. */
const base64 = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i % 256)).toString("base64");
const FIRST = {
  data_b64: base64(13 * 3),
  in_ch: 12,
  out_ch: 3,
  weight_scale: 2,
  bias_scale: 0.5,
  type: "uint8",
};
const SECOND = {
  data_b64: base64(4 * 4),
  in_ch: 3,
  out_ch: 4,
  weight_scale: 1,
  bias_scale: 4,
  type: "uint8",
};
const bytesOf = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

function refuses(bytes: Uint8Array, message: RegExp): void {
  const started = performance.now();
  assert.throws(
    () => decodeDistill(bytes, "m.json"),
    (error: Error) => {
      assert(error instanceof FileError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^m\.json[ :][^\n]+\.$/);
      assert(error.message.length < 300, error.message);
      return true;
    },
  );
  assert(performance.now() - started < 2000);
}

test("a model of the demo is Distill's rule, byte by byte", () => {
  const { spec, parameters } = decodeDistill(bytesOf([FIRST, SECOND]));
  assert.deepEqual(spec, { ...DEFAULT_SPEC, channels: 4, hidden: 3 });
  const { w1, b1, w2, b2 } = parameters;
  const number = (byte: number, scale: number) => Math.fround((byte / 255 - 0.5) * scale);
  // feature 5 is Sobel x of channel 1: filters come one after the other
  assert.deepEqual([w1.length, w1[0], w1[5 * 3 + 2]], [36, -1, number(17, 2)]);
  assert.deepEqual(
    [...b1],
    [36, 37, 38].map((byte) => number(byte, 0.5)),
  );
  assert.deepEqual(
    [...w2],
    Array.from({ length: 12 }, (_, byte) => number(byte, 1)),
  );
  assert.deepEqual(
    [...b2],
    [12, 13, 14, 15].map((byte) => number(byte, 4)),
  );
});

function someRule(): Rule {
  const rule = createRule({ channels: 8, hidden: 24, rngSeed: 1 });
  const random = new Random(7);
  for (const name of PARAMETERS)
    rule.parameters[name].set(rule.parameters[name].map(() => random.uniform(-1, 0.3)));
  return rule;
}

test("writing tells what 8 bits make of the rule: every number off by at most half a step", () => {
  const rule = someRule();
  const { bytes, rule: quantised } = encodeDistill(rule);
  assert.deepEqual(decodeDistill(bytes), quantised);
  assert.deepEqual(quantised.spec, rule.spec);
  const layers = JSON.parse(new TextDecoder().decode(bytes));
  for (const name of PARAMETERS) {
    const [layer, kind] = [name.endsWith("1") ? 0 : 1, name.startsWith("w") ? "weight" : "bias"];
    const step = layers[layer][`${kind}_scale`] / 255;
    assert(step <= 2 / 255);
    const errors = rule.parameters[name].map((x, i) => Math.abs(x - quantised.parameters[name][i]));
    assert(Math.max(...errors) <= step / 2 + 1e-7 && Math.max(...errors) > step / 4, name);
  }
  const again = encodeDistill(quantised); // and nothing more is lost
  for (const name of PARAMETERS) {
    again.rule.parameters[name].forEach((x, i) => {
      assert(Math.abs(x - quantised.parameters[name][i]) < 1e-6);
    });
  }
});

test("an untrained rule's zeros stay zeros", () => {
  const { rule } = encodeDistill(createRule());
  for (const name of ["b1", "w2", "b2"] as const) assert(rule.parameters[name].every((x) => x === 0));
});

test("refuses to write what the file could not say", () => {
  const wrong = {
    aliveMask: "pre",
    premultiplied: false,
    perception: "laplacian",
    angle: 1,
    fireRate: 1,
  } as const;
  for (const [name, value] of Object.entries(wrong)) {
    const message = new RegExp(`rule's ${name} is ${value}, which Distill's JSON cannot say; it needs`);
    assert.throws(() => encodeDistill(createRule({ [name]: value })), { name: "InvalidInputError", message });
  }
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const rule = createRule({ hidden: 2 });
    rule.parameters.w2[1] = value;
    assert.throws(() => encodeDistill(rule), InvalidInputError);
  }
});

const first = (changes: object) => bytesOf([{ ...FIRST, ...changes }, SECOND]);
const second = (changes: object) => bytesOf([FIRST, { ...SECOND, ...changes }]);
const deep = (length: number) => new TextEncoder().encode("[".repeat(length) + "]".repeat(length));
const BROKEN: [string, Uint8Array, RegExp][] = [
  ["nothing", new Uint8Array(0), /no JSON in UTF-8/],
  ["half of a file", bytesOf([FIRST, SECOND]).subarray(0, 100), /no JSON in UTF-8/],
  ["bytes that are no UTF-8", Uint8Array.of(0x5b, 0xff, 0x5d), /no JSON in UTF-8/],
  ["an object", bytesOf({}), /it is no array/],
  ["one layer", bytesOf([FIRST]), /it has 1 items/],
  ["three layers", bytesOf([FIRST, SECOND, SECOND]), /it has 3 items/],
  ["a layer that is null", bytesOf([FIRST, null]), /layer 2 has no text data_b64/],
  ["a layer that is a list", bytesOf([[], SECOND]), /layer 1 has no text data_b64/],
  ["a layer in words", bytesOf(["a", "b"]), /layer 1 has no text data_b64/],
  ["data that are numbers", first({ data_b64: [1, 2] }), /layer 1 has no text data_b64/],
  ["no base64", first({ data_b64: "?".repeat(52) }), /no base64/],
  [
    "a byte too few",
    first({ data_b64: base64(38) }),
    /holds 38 bytes; 12 inputs, a bias and 3 outputs need 39/,
  ],
  ["a byte too many", second({ data_b64: base64(17) }), /layer 2 holds 17 bytes; .* need 16/],
  ["no data", second({ data_b64: "" }), /layer 2 holds 0 bytes/],
  [
    "another number of channels",
    second({ out_ch: 5 }),
    /layer 1 has 12 inputs; 5 channels, 3 filters .* make 15/,
  ],
  ["layers that do not meet", second({ in_ch: 4 }), /layer 2 has 4 inputs; .* make 3/],
  [
    "4 billion outputs",
    first({ out_ch: 2 ** 32 }),
    /hidden is 4294967296; expected an integer from 1 to 4096/,
  ],
  ["100 channels", second({ out_ch: 100 }), /channels is 100/],
  ["half an input", first({ in_ch: 12.5 }), /in_ch 12\.5, expected a whole number/],
  ["no output", first({ out_ch: 0 }), /out_ch 0, expected/],
  ["sizes in words", first({ in_ch: "12" }), /in_ch of type string/],
  ["no scale", first({ weight_scale: undefined }), /weight_scale of type undefined/],
  ["a scale of null", second({ bias_scale: null }), /bias_scale of type object/],
  ["a scale that float32 cannot hold", second({ bias_scale: 1e39 }), /bias_scale 1e\+39/],
  ["a hundred thousand lists in each other", deep(100_000), /it has 1 items|no JSON/],
  ["a million lists in each other", deep(1_000_000), /it has 1 items|no JSON/],
  ["a file of 3 MB", new Uint8Array(3e6).fill(0x20), /3000000 bytes are more than 2097152/],
];
for (const [name, bytes, message] of BROKEN) test(`refuses ${name}`, () => refuses(bytes, message));

test("a name that is a property of objects is no value", () => {
  const text = `[{"__proto__": ${JSON.stringify(FIRST)}}, ${JSON.stringify(SECOND)}]`;
  refuses(new TextEncoder().encode(text), /layer 1 has no text data_b64/);
});
