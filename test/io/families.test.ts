import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { FAMILIES, type Family } from "../../lib/io/reading/families.js";

/** The family's row of the table in models/README.md. */
export function rowOf({ source, names, filters, convolutions, lastBias, reading }: Family): string {
  const kind = convolutions === undefined ? "" : convolutions ? ", 1x1 convolutions" : ", linear";
  const bias = lastBias === undefined ? "" : lastBias ? ", both with bias" : ", no last bias";
  const { gradients, features, sobelScale, boundary, aliveMask, premultiplied } = reading;
  const cells = [
    `\`${names.replace(", ", "`, `")}\`${kind}${bias}`,
    filters === 3 ? "Sobel" : "Sobel, Laplacian",
    gradients,
    features,
    sobelScale === 1 ? "by 8" : "whole",
    boundary,
    aliveMask,
    premultiplied ? "premultiplied" : "straight",
    source,
  ];
  return `| ${cells.join(" | ")} |`;
}

test("models/README.md lists every family as it is read", () => {
  const text = readFileSync(`${root}/models/README.md`, "utf8");
  for (const family of FAMILIES) assert(text.includes(`${rowOf(family)}\n`), `it lacks ${rowOf(family)}`);
  const rows = text.split("\n").filter((line) => /^\| .*\| (xy|yx|-x|-y) \|/.test(line));
  assert.equal(rows.length, FAMILIES.length);
});
