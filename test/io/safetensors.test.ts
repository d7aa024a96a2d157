import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { FileError, InvalidInputError } from "../../lib/cells/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { noPython, python } from "./python.js";

/** A file by hand: the header's text, then the numbers' bytes. */
function file(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = typeof header === "string" ? Buffer.from(header) : header;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => decodeSafetensors(bytes, "m.safetensors"),
    (error: Error) => {
      assert(error instanceof FileError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^m\.safetensors is [^\n]+\.$/);
      return true;
    },
  );
}

const TENSORS = {
  w: { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -0) },
  "b é": { shape: [], data: Uint32Array.of(4294967295) },
  none: { shape: [0, 5], data: new Float32Array(0) },
};

test("writes the bytes of the format", () => {
  const bytes = encodeSafetensors({ b: { shape: [1], data: Float32Array.of(1) } }, { z: "1", a: 'q"' });
  const header = '{"__metadata__":{"a":"q\\"","z":"1"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, " ");
  assert.deepEqual(Buffer.from(bytes), file(padded, Uint8Array.of(0, 0, 0x80, 0x3f)));
});

test("what is written is read back, bit for bit", () => {
  const { tensors, metadata } = decodeSafetensors(encodeSafetensors(TENSORS, { rule: "lizard\n" }), "x");
  assert.deepEqual(tensors, TENSORS);
  assert(Object.is((tensors.w.data as Float32Array)[5], -0));
  assert.deepEqual(metadata, { rule: "lizard\n" });
});

test("the same contents give the same bytes, in whatever order they come; tensors start at a multiple of 8", () => {
  const bytes = encodeSafetensors(TENSORS, { a: "1", b: "2" });
  const turned = Object.fromEntries(Object.entries(TENSORS).reverse());
  assert.deepEqual(encodeSafetensors(turned, { b: "2", a: "1" }), bytes);
  assert.equal(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
});

test("writes a part of a larger array", () => {
  const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const { tensors } = decodeSafetensors(encodeSafetensors({ part: { shape: [2], data: part } }), "x");
  assert.deepEqual(tensors.part.data, Float32Array.of(2, 3));
});

test("reads a file that others wrote: any order, any alignment, 64-bit numbers", () => {
  const data = Buffer.alloc(28);
  data.writeFloatLE(0.25, 0);
  data.writeBigInt64LE(-5n, 4);
  data.writeDoubleLE(0.1, 12);
  data.writeInt32LE(-7, 20);
  data.writeUInt32LE(9, 24);
  const header = `{"e":{"dtype":"U32","shape":[],"data_offsets":[24,28]},"d":{"dtype":"I32","shape":[1],"data_offsets":[20,24]},
    "c":{"dtype":"F64","shape":[1],"data_offsets":[12,20]},"b":{"dtype":"I64","shape":[1,1],"data_offsets":[4,12]},
    "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]} }`;
  const { tensors, metadata } = decodeSafetensors(file(header, data), "x");
  assert.deepEqual(metadata, {});
  assert.deepEqual(tensors, {
    a: { shape: [1], data: Float32Array.of(0.25) },
    b: { shape: [1, 1], data: BigInt64Array.of(-5n) },
    c: { shape: [1], data: Float64Array.of(0.1) },
    d: { shape: [1], data: Int32Array.of(-7) },
    e: { shape: [], data: Uint32Array.of(9) },
  });
});

test("Python reads what is written, by the format's description alone", { skip: noPython }, () => {
  const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
  const path = join(folder, "x.safetensors");
  const numbers = { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 1e-30, 3e38, -0) };
  try {
    writeFileSync(path, encodeSafetensors({ ...TENSORS, w: numbers }, { rule: "lizard\n", é: "ü" }));
    const { metadata, tensors } = JSON.parse(python("read-safetensors.py", path));
    assert.deepEqual(metadata, { rule: "lizard\n", é: "ü" });
    assert.deepEqual(tensors["b é"], { shape: [], data: [4294967295] });
    assert.deepEqual(tensors.none, { shape: [0, 5], data: [] });
    assert.deepEqual(tensors.w, { shape: [2, 3], data: [...numbers.data] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an awkward name is a name like any other", () => {
  const data = Float32Array.of(1);
  const tensors = Object.fromEntries(
    ["__proto__", "10", "9", "toString"].map((name) => [name, { shape: [1], data }]),
  );
  const read = decodeSafetensors(encodeSafetensors(tensors), "x").tensors;
  assert.deepEqual(Object.keys(read).sort(), ["10", "9", "__proto__", "toString"]);
});

test("says how many bytes were expected, cut at any length", () => {
  const bytes = encodeSafetensors(TENSORS, { a: "1" });
  for (let length = 0; length < bytes.length; length++) {
    refuses(
      bytes.subarray(0, length),
      new RegExp(`cut short: expected at least \\d+ bytes, got ${length}\\.`),
    );
  }
  refuses(bytes.subarray(0, bytes.length - 1), new RegExp(`expected at least ${bytes.length} bytes`));
  refuses(
    Buffer.concat([bytes, Buffer.alloc(3)]),
    new RegExp(`expected ${bytes.length} bytes, got ${bytes.length + 3}`),
  );
});

test("a header longer than the file is refused before anything is allocated", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const length of [9n, 90_000_000n, 2n ** 40n, 2n ** 64n - 1n]) {
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64LE(length);
    refuses(bytes, length > 1e8 ? /header claims \d+ bytes/ : /cut short/);
  }
  const huge = '{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}';
  refuses(file(huge), /expected at least 4000000080 bytes, got 80/);
  assert(process.memoryUsage().arrayBuffers - before < 1e6);
});

const entry = (shape: string, offsets: string, dtype = '"F32"') =>
  `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}}`;
const two = (a: string, b: string) =>
  `{"a":{"dtype":"F32","shape":[1],"data_offsets":${a}},"b":{"dtype":"F32","shape":[1],"data_offsets":${b}}}`;
const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

const BROKEN: [string, string | Uint8Array, RegExp][] = [
  ["no JSON", "{", /no JSON in UTF-8/],
  ["an empty header", "", /no JSON in UTF-8/],
  ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), /no JSON in UTF-8/],
  ["an array", "[]", /no JSON object/],
  ["space before the header", " {}", /no JSON object/],
  ["a number for a tensor", '{"a":1}', /"a" is no JSON object/],
  ["metadata that is no object", '{"__metadata__":[]}', /metadata is no JSON object/],
  ["metadata that is no string", '{"__metadata__":{"k":1}}', /metadata "k" is no string/],
  ["an unknown type", entry("[4]", "[0,4]", '"F8"'), /type "F8", expected F64, F32/],
  ["a type that is a method of objects", entry("[4]", "[0,4]", '"toString"'), /type "toString"/],
  ["no type", '{"a":{"shape":[1],"data_offsets":[0,4]}}', /type undefined/],
  ["a negative side", entry("[-1]", "[0,4]"), /shape \[-1\]/],
  ["half a side", entry("[0.5]", "[0,2]"), /shape \[0.5\]/],
  ["a side in words", entry('["1"]', "[0,4]"), /shape \["1"\]/],
  ["no shape", '{"a":{"dtype":"F32","data_offsets":[0,4]}}', /shape undefined/],
  ["a shape nested without end", entry(deep, "[0,4]"), /the shape/],
  ["too many numbers to count", entry("[4294967296,4294967296]", "[0,4]"), /shape/],
  ["too many to count, then none", entry("[4294967296,4294967296,0]", "[0,0]"), /shape/],
  ["offsets the wrong way round", entry("[1]", "[4,0]"), /needs 4 bytes, its offsets give -4/],
  ["offsets that do not fit the shape", entry("[2]", "[0,4]"), /needs 8 bytes, its offsets give 4/],
  ["three offsets", entry("[1]", "[0,4,8]"), /offsets \[0,4,8\]/],
  ["negative offsets", entry("[1]", "[-4,0]"), /offsets \[-4,0\]/],
  ["a hole at the start", entry("[1]", "[4,8]"), /"a" leaves a hole/],
  ["a hole between", two("[0,4]", "[8,12]"), /"b" leaves a hole/],
  ["an overlap", two("[0,4]", "[2,6]"), /"b" overlaps/],
  ["one place for two", two("[0,4]", "[0,4]"), /overlaps/],
  [
    "a name given twice",
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
    /hole/,
  ],
];
for (const [name, header, message] of BROKEN) {
  test(`refuses ${name}`, () => refuses(file(header, new Uint8Array(16)), message));
}

test("refuses to write what could not be read", () => {
  const data = Float32Array.of(1, 2);
  assert.throws(() => encodeSafetensors({ a: { shape: [3], data } }), InvalidInputError);
  assert.throws(() => encodeSafetensors({ a: { shape: [-1, -2], data } }), InvalidInputError);
  assert.throws(() => encodeSafetensors({ __metadata__: { shape: [2], data } }), InvalidInputError);
});
