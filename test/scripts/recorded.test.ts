// The commands in the metadata of rules: they are read, and written again to the same letters.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { parse } from "../../scripts/shared/command.js";
import { modelNames, modelPath } from "../../scripts/shared/models.js";
import { trainFlags } from "../../scripts/shared/recipe.js";
import { commandOf, stagesOf, valuesOf } from "../../scripts/shared/recorded.js";
import { wordsOf } from "../../scripts/shared/shell.js";

const START = "npm run train -- ";

for (const name of modelNames()) {
  test(`the commands of ${name}`, () => {
    const path = modelPath(name);
    const stages = stagesOf(decodeSafetensors(readFileSync(path), path).metadata.command);
    assert.ok(stages.length > 0);
    for (const stage of stages) {
      assert.ok(stage.startsWith(START));
      const { values, texts } = parse(trainFlags, wordsOf(stage.slice(START.length)));
      assert.equal(commandOf(texts), stage);
      assert.deepEqual(valuesOf(stage), values);
    }
  });
}

test("a command has the flags that say what the weights are, in one order, as they were written", () => {
  const flags =
    "--out 'a b.safetensors' --wound-below=-3 --rng-seed 0 --learning-rate 2e-3 --target x.png --resume";
  const { texts } = parse(trainFlags, [
    ...wordsOf(flags),
    "--engine",
    "reference",
    "--checkpoint-seconds",
    "9",
  ]);
  const command = `${START}--target x.png --out 'a b.safetensors' --learning-rate 2e-3 --wound-below=-3`;
  assert.equal(commandOf(texts), command);
  assert.equal(valuesOf(command).out, "a b.safetensors");
});

test("a text that is no command is refused", () => {
  for (const text of ["", "npm run grow -- --model a", `${START}--target a.png`, `${START}--odd`]) {
    assert.throws(() => valuesOf(text), { name: "UsageError" });
  }
});
