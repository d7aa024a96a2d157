// The folders of lib/page import one way, so that each can be read without those after it.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";

/** What lies in lib/page itself comes first. */
const ORDER = ["", "stage", "training", "app", "keep", "draw", "site"];
const PAGE = join(root, "lib/page");

test("each folder of lib/page imports only from those before it", () => {
  const files = readdirSync(PAGE, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.tsx?$/.test(file) && !/\.generated\.ts$|\.d\.ts$/.test(file));
  assert.ok(files.length > 30);
  const floor = (file: string) => ORDER.indexOf(file.includes("/") ? file.split("/")[0] : "");
  const wrong = files.flatMap((file) => {
    assert.ok(floor(file) >= 0, `${file} lies in a folder without a place`);
    const text = readFileSync(join(PAGE, file), "utf8");
    const imported = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, path]) =>
      relative(PAGE, join(PAGE, dirname(file), path)).replaceAll("\\", "/"),
    );
    return imported
      .filter((path) => !path.startsWith("..") && floor(path) > floor(file))
      .map((path) => `${file} imports ${path}`);
  });
  assert.deepEqual(wrong, []);
});
