// The API reference tells of what the library exports, of all of it and of nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "#scripts/setup/root.mjs";

test("docs/api names every export; else run npm run docs", () => {
  const entries = ["core", "node", "notebook", "tensor"]; // lib/index.ts has all of them
  const text = entries.map((name) => readFileSync(join(root, `lib/${name}.ts`), "utf8")).join("");
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list]) => list.split(","));
  const names = lists.map((item) => item.replace(/^\s*type /, "").trim()).filter(Boolean);
  const exported = [...new Set(names)];
  assert.ok(exported.length > 100, `${exported.length} exports`);
  const reference = readFileSync(join(root, "docs/api/README.md"), "utf8");
  const titles = [...reference.matchAll(/^### ([\w\\]+)/gm)].map(([, name]) => name.replaceAll("\\", ""));
  assert.deepEqual(titles.sort(), exported.sort());
});
