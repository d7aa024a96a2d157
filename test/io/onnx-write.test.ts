// What our ONNX models are as files; what they compute is in onnx-write.full.test.ts.
import assert from "node:assert/strict";
import test from "node:test";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { decodeModel } from "../../lib/io/model.js";
import { bytes, message, text, whole } from "../../lib/io/onnx/protobuf-writer.js";
import { encodeOnnx } from "../../lib/io/onnx/write.js";
import { cloneRule, createRule, type Rule } from "../../lib/rule/rule.js";
import { specData } from "../../lib/rule/spec.js";
import { VERSION } from "../../lib/version.js";
import { unusualCase } from "../engine/unusual.js";

/** A message's fields by number: numbers, and bytes as they are. */
function fieldsOf(content: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = content[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < content.length) {
    const tag = varint();
    assert(tag % 8 === 0 || tag % 8 === 2, `a field of kind ${tag % 8}`);
    const size = varint();
    const value = tag % 8 === 0 ? size : content.subarray(at, at + size);
    if (value instanceof Uint8Array) at += size;
    fields.set(Math.floor(tag / 8), [...(fields.get(Math.floor(tag / 8)) ?? []), value]);
  }
  assert.equal(at, content.length, "nothing is cut short");
  return fields;
}

const all = (content: Uint8Array, number: number) => (fieldsOf(content).get(number) ?? []) as Uint8Array[];
const textOf = (content: number | Uint8Array) => new TextDecoder().decode(content as Uint8Array);
const texts = (content: Uint8Array, number: number) => all(content, number).map(textOf);

test("protobuf: the bytes of its own documentation", () => {
  assert.deepEqual([...whole(1, 150)], [0x08, 0x96, 0x01]);
  assert.deepEqual([...text(2, "testing")], [0x12, 0x07, ...new TextEncoder().encode("testing")]);
  assert.deepEqual([...bytes(3, message(whole(1, 150)))], [0x1a, 0x03, 0x08, 0x96, 0x01]);
  assert.deepEqual(fieldsOf(message(whole(20, 2 ** 53))).get(20), [2 ** 53]);
});

test("a model says who wrote it, and the rule's whole specification", () => {
  const { spec, parameters } = createRule({ channels: 5, hidden: 3, boundary: "torus", rngSeed: 1 });
  const file = encodeOnnx({ spec, parameters });
  assert.deepEqual(texts(file, 2), ["differentiable-morphogenesis"]);
  assert.deepEqual(texts(file, 3), [VERSION]);
  const [metadata] = all(file, 14);
  assert.deepEqual([texts(metadata, 1), JSON.parse(texts(metadata, 2)[0])], [["rule"], specData(spec)]);
  const seeds = [{ dx: 1, dy: 0 }];
  const placed = encodeOnnx({ spec, parameters, grid: { height: 9, width: 8, seeds } });
  assert.deepEqual(texts(all(placed, 14)[1], 2), ['{"height":9,"width":8,"seeds":[[1,0]]}']);
  const [graph] = all(file, 7);
  assert.deepEqual(
    [11, 12].map((number) => all(graph, number).map((value) => texts(value, 1)[0])),
    [["state", "coins"], ["next"]],
  );
});

test("its weights are there as they are, by the names of a PyTorch module", () => {
  const { spec, parameters } = createRule({ channels: 4, hidden: 2, rngSeed: 1 });
  const [graph] = all(encodeOnnx({ spec, parameters }), 7);
  const tensors = new Map(all(graph, 5).map((one) => [texts(one, 8)[0], one]));
  const hidden = tensors.get("hidden.weight")!;
  assert.deepEqual(fieldsOf(hidden).get(1), [2, 12, 1, 1]);
  const numbers = new Float32Array(all(hidden, 9)[0].slice().buffer);
  assert.deepEqual(
    [...numbers].slice(0, 12),
    [...parameters.w1].filter((_, i) => i % 2 === 0),
  );
});

test("with steps there is one node around the same constants, and coins for each step", () => {
  const rule = createRule({ channels: 4, hidden: 2 });
  const [one, many] = [encodeOnnx(rule), encodeOnnx(rule, { steps: 1000 })].map((file) => all(file, 7)[0]);
  assert.deepEqual(all(many, 5), all(one, 5));
  assert.deepEqual(
    all(many, 1).map((node) => texts(node, 4)[0]),
    ["Scan"],
  );
  assert.throws(() => encodeOnnx(rule, { steps: 0 }), /steps is 0; expected an integer from 1/);
});

/** The rule with one thing about it made wrong, or unusual. */
function spoilt(rule: Rule, random: Random): Rule {
  const { spec, parameters } = cloneRule(rule);
  const names = Object.keys(spec) as (keyof typeof spec)[];
  const values = [-1, 0, 0.5, 1e300, Number.NaN, 7, 2 ** 31, "pre", "torus", true, [0], [3, 1], undefined];
  const value = values[random.integer(0, values.length)];
  const kind = random.integer(0, 4);
  if (kind === 0) return { spec: { ...spec, [names[random.integer(0, names.length)]]: value }, parameters };
  if (kind === 1) parameters.w1[0] = [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-40][random.integer(0, 4)];
  if (kind === 2) return { spec, parameters: { ...parameters, b2: parameters.b2.subarray(1) } };
  return { spec, parameters };
}

test("any rule is a model, of the same bytes each time, or refused as no rule", () => {
  const [CASES, random] = [400, new Random(11)];
  let [written, refused] = [0, 0];
  for (let index = 0; index < CASES; index++) {
    const rule = spoilt(unusualCase(index).rule, random);
    const options = [{}, { steps: 3 }, { steps: random.integer(-1, 5) }][index % 3];
    try {
      const file = encodeOnnx(rule, options);
      assert.deepEqual(encodeOnnx(cloneRule(rule), { ...options }), file);
      assert.equal(all(file, 7).length, 1);
      written++;
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      assert.ok(error.message.length > 10);
      refused++;
    }
  }
  assert.ok(written > CASES / 4 && refused > CASES / 8, `${written} written, ${refused} refused`);
});

test("an ONNX file of ours is read back as the rule that it was, whatever that is", () => {
  for (let seed = 0; seed < 30; seed++) {
    const { rule } = unusualCase(seed);
    for (const options of [{}, { steps: 3 }]) {
      const read = decodeModel(encodeOnnx(rule, options)).rule;
      assert.deepEqual(read.spec, rule.spec);
      assert.deepEqual(read.parameters, rule.parameters);
    }
  }
});
