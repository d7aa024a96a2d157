// A little of `npm run fuzz` in every test.

import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import test from "node:test";
import { Random } from "../../lib/cells/random.js";
import { fuzz, tried } from "./fuzz.js";
import { readers } from "./readers.js";

const CASES = 1000;
/** The longest that any case may take. */
const MOST_MS = 2000;

for (const [name, reader] of Object.entries(await readers())) {
  test(`${name}: only errors of ours, soon, and no more memory than the input asks for`, async () => {
    for (const seed of reader.seeds) assert.equal(await tried(reader, seed), undefined, "a good example");
    for (const bytes of reader.bad ?? []) {
      const began = performance.now();
      assert.notEqual(await tried(reader, bytes), undefined, "a bad example");
      assert(performance.now() - began < MOST_MS);
    }
    const { refused, messages } = await fuzz(reader, CASES, new Random(2));
    assert.ok(refused > CASES / 2 && messages > 5, `${refused} refused with ${messages} kinds of message`);
  });
}

const careless: [string, (bytes: Uint8Array) => unknown, RegExp][] = [
  ["throws anything else", (bytes) => JSON.parse(`[${bytes}`), /JSON/],
  ["takes too much memory", () => new Float32Array(2 ** 19), /it took \d+ bytes/],
];
test("a reader that takes too long is found out", async () => {
  const slow = (bytes: Uint8Array) => {
    for (const end = performance.now() + 2 * bytes.length; performance.now() < end; );
  };
  const crash = await fuzz({ seeds: [new Uint8Array(20)], read: slow }, 9, new Random(1), 10).catch(String);
  assert.match(`${crash}`, /it took \d+ ms/);
  rmSync(/Crash: (.*) gives /.exec(`${crash}`)?.[1] ?? "");
});

for (const [what, read, message] of careless) {
  test(`a reader that ${what} is found out`, async () => {
    const crash = await fuzz({ seeds: [Uint8Array.of(1, 2, 3, 4)], read }, CASES, new Random(1)).catch(
      String,
    );
    assert.match(`${crash}`, message);
    const [, path] = /Crash: (.*) gives /.exec(`${crash}`) ?? [];
    assert.ok(existsSync(path), "the input is kept");
    rmSync(path);
  });
}
