// More of fuzz.test.ts, from another seed.

import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../lib/cells/random.js";
import { fuzz } from "./fuzz.js";
import { readers } from "./readers.js";

const CASES = 12_000;

for (const [name, reader] of Object.entries(await readers())) {
  test(`${name}: only errors of ours in ${CASES} cases`, async () => {
    const { refused } = await fuzz(reader, CASES, new Random(3));
    assert.ok(refused > CASES / 2, `${refused} refused`);
  });
}
