import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import { encodeDistill } from "../../lib/io/distill/distill.js";
import { load, loadCheckpoint } from "../../lib/io/load.js";
import { decodeModel } from "../../lib/io/model.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { createRule } from "../../lib/rule/rule.js";
import { counted } from "./counted.js";

const folder = mkdtempSync(join(tmpdir(), "models-"));
after(() => rmSync(folder, { recursive: true }));

const FIXTURE = new Uint8Array(
  readFileSync(new URL("../../../test/io/fixtures/counted.pt", import.meta.url)),
);
const ours = createRule({ hidden: 5, channels: 6, rngSeed: 8 });
const distills = encodeDistill(ours);

test("one door for all formats, whatever the file is called", async () => {
  const files = {
    checkpoint: { bytes: encodeRule(ours, { command: "train" }), rule: ours },
    pytorch: { bytes: FIXTURE, rule: counted(4, 3) },
    state: { bytes: encodeStateDict(counted(5, 4)), rule: counted(5, 4) },
    distill: { bytes: distills.bytes, rule: distills.rule },
  };
  for (const [name, { bytes, rule }] of Object.entries(files)) {
    const path = join(folder, `${name}.bin`);
    writeFileSync(path, bytes);
    assert.deepEqual(await load(path), rule, name);
    const { notes } = await loadCheckpoint(path);
    assert.deepEqual(notes, name === "checkpoint" ? { command: "train" } : {});
  }
});

test("JSON may start with a byte order mark, space or a new line", () => {
  for (const start of ["\uFEFF", " \n\t", "\r\n"]) {
    const bytes = Buffer.concat([Buffer.from(start), distills.bytes]);
    assert.deepEqual(decodeModel(bytes).rule, distills.rule);
  }
});

test("a checkpoint is never taken for JSON, whatever the length of its header", () => {
  const lengths = new Set<number>();
  for (let spaces = 0; spaces < 300; spaces++) {
    const bytes = encodeRule(ours, { note: "x".repeat(spaces) });
    lengths.add(bytes[0]);
    assert.deepEqual(decodeModel(bytes).rule, ours);
  }
  assert(lengths.size > 30); // among them those of [ and { would be, were they no multiples of 8
});

const OTHERS: [string, Uint8Array, RegExp][] = [
  ["an empty file", new Uint8Array(0), /no model: got 0 bytes/],
  [
    "a picture",
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0),
    /no model: got 10 bytes, starting with/,
  ],
  [
    "a text",
    Buffer.from("hello, world"),
    /starting with "hello, w"; expected safetensors, PyTorch's \.pt, ONNX/,
  ],
  ["a pickle", Uint8Array.of(0x80, 4, 0x4e, 0x2e), /a bare pickle without arrays.*use torch\.save/],
  ["half of a zip", FIXTURE.subarray(0, 500), /broken zip/],
  ["half of a checkpoint", encodeRule(ours).subarray(0, 500), /cut short/],
  ["half of a JSON", distills.bytes.subarray(0, 50), /no JSON/],
];
for (const [name, bytes, message] of OTHERS) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => decodeModel(bytes, "m"),
      (error: Error) =>
        error instanceof FileError && message.test(error.message) && error.message.startsWith("m "),
    );
  });
}

test("any first bytes end in an error of ours", () => {
  for (const good of [encodeRule(ours), FIXTURE, encodeStateDict(counted(4, 2)), distills.bytes]) {
    for (let at = 0; at < 16; at++) {
      for (let byte = 0; byte < 256; byte += 3) {
        const bytes = Uint8Array.from(good);
        bytes[at] = byte;
        try {
          decodeModel(bytes);
        } catch (error) {
          assert(error instanceof FileError, String(error));
        }
      }
    }
  }
});
