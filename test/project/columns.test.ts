// Code that a reader sees fits the page: at most 100 columns in notebooks.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "#scripts/setup/root.mjs";

const MOST_COLUMNS = 100;
const FOLDER = join(root, "notebooks");

for (const name of readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb") && !name.startsWith("."))) {
  test(`the code of ${name} fits ${MOST_COLUMNS} columns`, () => {
    const { cells } = JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
    const code: string[] = cells.flatMap((cell: { cell_type: string; source: string[] }) =>
      cell.cell_type === "code" ? cell.source.join("").split("\n") : [],
    );
    assert.deepEqual(
      code.filter((line) => line.length > MOST_COLUMNS),
      [],
    );
  });
}
