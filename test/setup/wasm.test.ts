// The build refuses kernels with static data, which the engine would overwrite: its memory is all its own.

import assert from "node:assert/strict";
import test from "node:test";
import { hasStaticData, sectionsOf } from "#scripts/setup/wasm.mjs";
import { fused, plain } from "../../lib/engine/wasm/kernels.generated.js";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const CUSTOM = [0, 0x81, 1, 1, 0x78, ...new Array(127).fill(11)]; // 129 bytes called "x": the size takes two
const MEMORY = [5, 3, 1, 0, 1];
const DATA = [11, 7, 1, 0, 0x41, 0, 11, 1, 42]; // the byte 42 at address 0

/** A module of these sections, which the engine's own reader accepts. */
function binary(...sections: number[][]): Uint8Array {
  const bytes = Uint8Array.from([HEADER, ...sections].flat());
  assert.ok(WebAssembly.validate(bytes));
  return bytes;
}

test("sections are read, whatever their size", () => {
  assert.deepEqual(sectionsOf(binary()), []);
  assert.deepEqual(sectionsOf(binary(CUSTOM, MEMORY, DATA)), [0, 5, 11]);
});

test("static data is found, the kernels have none", () => {
  assert.equal(hasStaticData(binary(MEMORY, DATA)), true);
  assert.equal(hasStaticData(binary(CUSTOM, MEMORY)), false);
  for (const kernels of [fused, plain]) assert.equal(hasStaticData(Buffer.from(kernels, "base64")), false);
});
