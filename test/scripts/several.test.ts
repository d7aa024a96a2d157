// Several rules in one command.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import type { TrainValues } from "../../scripts/shared/train-flags.js";
import { rulesOf, unfinishedOf } from "../../scripts/train/several.js";

const values = (given: Partial<TrainValues>) =>
  ({ target: "bird", out: "a.safetensors", rngSeed: 7, ...given }) as TrainValues;

test("--out names the rules: of as many pictures, or of one and rng seeds that count up", () => {
  assert.deepEqual(rulesOf(values({})), [values({})]);
  const seeds = rulesOf(values({ out: "a.safetensors,b.safetensors,c.safetensors" }));
  assert.deepEqual(
    seeds.map(({ out, rngSeed, target }) => [out, rngSeed, target]),
    [
      ["a.safetensors", 7, "bird"],
      ["b.safetensors", 8, "bird"],
      ["c.safetensors", 9, "bird"],
    ],
  );
  const pictures = rulesOf(values({ target: "bird,fish", out: "a.safetensors,b.safetensors" }));
  assert.deepEqual(
    pictures.map(({ rngSeed, target }) => [rngSeed, target]),
    [
      [7, join("targets", "bird.png")],
      [7, join("targets", "fish.png")],
    ],
  );
});

test("lists that do not go together are refused", () => {
  const refused = (given: Partial<TrainValues>, why: RegExp) =>
    assert.throws(() => rulesOf(values(given)), why);
  refused({ target: "bird,fish" }, /2 pictures and --out 1/);
  refused({ target: "bird,fish", out: "a,b,c" }, /2 pictures and --out 3/);
  refused({ out: "a,./a" }, /twice/);
  refused({ out: "a,b", preview: "a.gif" }, /--preview/);
  refused({ out: "a,b", rngSeed: 2 ** 32 - 1 }, /count up/);
  refused({ target: "bird,brd", out: "a,b" }, /"brd" in --target .*bird/);
});

test("where several are to go on, those that are finished are left out", () => {
  const folder = mkdtempSync(join(tmpdir(), "several-"));
  const [a, b] = ["a", "b"].map((name) => join(folder, `${name}.safetensors`));
  writeFileSync(a, "");
  writeFileSync(b, "");
  writeFileSync(`${b}.training`, "");
  const all = rulesOf(values({ out: `${a},${b}`, resume: true }));
  assert.deepEqual(
    unfinishedOf(all).map(({ out }) => out),
    [b],
  );
  const anew = rulesOf(values({ out: `${a},${b}` }));
  assert.equal(unfinishedOf(anew).length, 2);
});
