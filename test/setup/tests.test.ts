// A test is found by the path that a developer types, and a path that is wrong is answered by those that are like it.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { kindOf, namedTests, testFiles } from "#scripts/setup/tests.mjs";

const THIS = "test/setup/tests.test.ts";

test("a test is found by its path, compiled or not, from the root of the disk as well", () => {
  const names = [THIS, `./${THIS}`, join(root, THIS), "dist/test/setup/tests.test.js"];
  assert.deepEqual(namedTests(names), Array(4).fill(THIS));
});

test("a wrong path is answered by the nearest ones", () => {
  for (const name of [
    "test/setup/tets.test.ts",
    "tests.test.ts",
    "test/setup/tests.slow.test.ts",
    "test/tests.ts",
  ])
    assert.throws(
      () => namedTests([name]),
      (error: Error) => {
        const [first, ...near] = error.message.split("\n");
        assert.match(first, /^There is no test \S+; did you mean one of these\?$/);
        assert.ok(
          near.some((line) => line.trim() === THIS),
          error.message,
        );
        return true;
      },
    );
});

test("a test's name says its kind", () => {
  const kinds = ["a.test.ts", "slow.test.ts", "a.slow.test.ts", "a.full.test.js"].map(kindOf);
  assert.deepEqual(kinds, ["fast", "fast", "slow", "full"]);
  assert.ok(
    testFiles().every((name) => /^[a-z0-9-]+(\.(slow|full))?\.test\.ts$/.test(name.split("/").at(-1)!)),
  );
});
