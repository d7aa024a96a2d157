// The README's TypeScript, pasted where it says that it runs: into a notebook's cells.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";
import { runCells } from "./kernel.js";

const SAVED = join(root, "models/my-readme-test.safetensors");
after(() => rmSync(SAVED, { force: true }));

/** The blocks of TypeScript, shortened: fewer training steps, a file of the test's own. */
function cells(): string[] {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const all = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const blocks = all.filter((code) => !code.includes("differentiable-morphogenesis")); // those are of an app: package.full.test.ts
  const changes = [
    ["steps: 2000", "steps: 2"],
    ["my-lizard", "my-readme-test"],
  ];
  return changes.reduce((all, [from, to]) => {
    assert.ok(all.join("\n").includes(from), `the README has ${from}`);
    return all.map((code) => code.replace(from, to));
  }, blocks);
}

test("README's code runs in a notebook, and its loop keeps no tensor", {
  timeout: 300_000,
  skip: NO_JUPYTER,
}, () => {
  const [own, loop, ...more] = cells();
  assert.deepEqual(more, []);
  const counted = loop.replace(
    "value.dispose();",
    "value.dispose();\n  counts.push(tf.memory().numTensors);",
  );
  assert.notEqual(counted, loop);
  const results = runCells([
    own,
    "const counts: number[] = [];",
    counted,
    "console.log(JSON.stringify([counts, trained.parameters.w2.some((weight) => weight !== 0)]));",
  ]);
  for (const { status, stderr } of results) assert.equal(status, "ok", stderr);
  const losses = results[2].stdout.trim().split("\n").map(Number);
  assert.equal(losses.length, 10);
  assert.ok(losses[9] < losses[0], `${losses}`);
  const [counts, learned] = JSON.parse(results[3].stdout);
  assert.equal(new Set(counts).size, 1, `tensors after each step: ${counts}`);
  assert.ok(learned);
});
