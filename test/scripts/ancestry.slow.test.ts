// A rule can be made again only from the rules that it was made from: their fingerprints are in its recipe.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { ancestorsIn, ancestryProblems } from "../../scripts/shared/ancestry.js";
import { modelNames, modelPath } from "../../scripts/shared/models.js";
import { startTraining } from "./training.js";

const folder = mkdtempSync(join(tmpdir(), "ancestry-"));
after(() => rmSync(folder, { recursive: true }));

test("no rule in models/ was made from another rule than the one that lies there", async () => {
  let compared = 0;
  for (const path of modelNames().map(modelPath)) {
    assert.deepEqual(await ancestryProblems(path, root), []);
    compared += (await ancestorsIn(path)).length;
  }
  assert.ok(compared >= modelNames().length, `${compared} ancestors of ${modelNames().length} rules`);
});

async function train(...args: string[]): Promise<void> {
  const { code, stderr } = await startTraining(folder, args).ended;
  assert.equal(code, 0, stderr);
}

test("a rule whose start or host was trained anew, or is gone, is found out", async () => {
  await train("--out", "a.safetensors", "--steps", "1");
  await train("--out", "b.safetensors", "--from", "a.safetensors", "--steps", "1");
  await train("--out", "c.safetensors", "--host", "a.safetensors", "--steps", "1");
  const [b, c] = ["b", "c"].map((name) => join(folder, `${name}.safetensors`));
  for (const path of [b, c]) assert.deepEqual(await ancestryProblems(path, folder), []);
  cpSync(b, join(folder, "a.safetensors"));
  for (const path of [b, c]) {
    const [problem, ...more] = await ancestryProblems(path, folder);
    assert.match(problem, /was made from a\.safetensors when that was [0-9a-f]{8}; it is [0-9a-f]{8} now/);
    assert.deepEqual(more, []);
  }
  rmSync(join(folder, "a.safetensors"));
  assert.match((await ancestryProblems(c, folder))[0], /a\.safetensors, which is gone/);
});
