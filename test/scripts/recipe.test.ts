// Recipes in the metadata of rules: commands are printed from them, and mean the same when they are read again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { seedCells } from "../../lib/cells/cells.js";
import { decodeRule } from "../../lib/io/checkpoint.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { completeOptions } from "../../lib/train/options.js";
import { notesOf, recipeIn, stageOf } from "../../lib/train/recipe.js";
import { Trainer } from "../../lib/train/trainer.js";
import { parse } from "../../scripts/shared/command.js";
import { modelNames, modelPath } from "../../scripts/shared/models.js";
import { commandOf, flagsIn, flagsOf, recipeOf, valuesOf } from "../../scripts/shared/recipe.js";
import { wordsOf } from "../../scripts/shared/shell.js";
import { optionsOf, trainFlags } from "../../scripts/shared/train-flags.js";

const START = "npm run train -- ";
const checkpointAt = (path: string) => decodeRule(readFileSync(path), path);

for (const name of modelNames()) {
  test(`the recipe of ${name}`, () => {
    const { notes } = checkpointAt(modelPath(name));
    const stages = recipeOf(notes, name);
    assert.ok(stages.length > 0);
    for (const stage of stages) {
      assert.deepEqual(flagsOf(valuesOf(commandOf(stage.flags!))), stage.flags);
      assert.deepEqual(completeOptions(optionsOf(flagsIn(stage))), stage.options);
    }
  });
}

test("an older file, with a command a stage, is brought over", () => {
  const path = join(root, "test/io/fixtures/rule-1.safetensors");
  const { rule, notes } = checkpointAt(path);
  assert.deepEqual(rule.spec, createRule({ hidden: 8 }).spec);
  const [first, second, ...rest] = recipeOf(notes, path);
  assert.equal(rest.length, 0);
  assert.deepEqual([first.options.steps, first.start, first.version], [2, null, null]);
  assert.deepEqual(
    [second.options.regime, second.options.woundBelow, second.options.damaged],
    ["regenerating", -2.5, 1],
  );
  assert.equal(notes.command, stages([first.flags!, second.flags!]));
});

const stages = (all: Readonly<Record<string, unknown>>[]) => all.map(commandOf).join(" && ");

test("a command has the flags that say what the weights are, in one order", () => {
  const flags =
    "--out 'a b.safetensors' --wound-below=-3 --rng-seed 0 --learning-rate 2e-3 --target 'x && y.png' --resume " +
    "--decay 2000:.1,7000:0.5 --rollout 64 --engine reference --checkpoint-seconds 9";
  const { values } = parse(trainFlags, wordsOf(flags));
  const command =
    `${START}--target 'x && y.png' --out 'a b.safetensors' --learning-rate 0.002 --decay 2000:0.1,7000:0.5 ` +
    "--rollout 64:64 --wound-below=-3 --engine reference";
  assert.equal(commandOf(values), command);
  assert.deepEqual(flagsOf(valuesOf(command)), flagsOf(values));
});

test("a text that is no command is refused", () => {
  for (const text of ["", "npm run grow -- --model a", `${START}--target a.png`, `${START}--odd`]) {
    assert.throws(() => valuesOf(text), { name: "UsageError" });
  }
});

test("a recipe keeps every option, infinite ones too, and says what is broken", () => {
  const rule = createRule({ channels: 4, hidden: 2 });
  const trainer = new Trainer(rule, growth(seedCells(1, 8, 8, 4), rule), { steps: 3 });
  const stage = stageOf(trainer);
  assert.equal(stage.options.woundBelow, Number.POSITIVE_INFINITY);
  assert.deepEqual(recipeIn(notesOf([stage]), "a file"), [stage]);
  assert.deepEqual(recipeIn({}, "a file"), []);
  for (const recipe of ["{", "3", '[{"options":{"batch":-1}}]', "[null]"]) {
    assert.throws(() => recipeIn({ recipe }, "a file"), {
      name: "FileError",
      message: /^a file holds a recipe that cannot be read/,
    });
  }
});

test("a recipe's name stands for all of its options, and what is given beside it counts", () => {
  const alive = completeOptions({ recipe: "alive", steps: 1000, batch: 8 });
  assert.deepEqual([alive.regime, alive.batch, alive.damage], ["regenerating", 8, "circles-and-halves"]);
  const falls = alive.decay.map(([step]) => step);
  assert.ok(falls.length > 0 && falls.every((step) => step > 0 && step < 1000), `its rate falls at ${falls}`);
  assert.deepEqual(completeOptions({ recipe: "distill" }), completeOptions({}));
  assert.equal("recipe" in alive, false, "what is kept in a file is the options themselves");
  const wrong = { recipe: "alife" } as unknown as Parameters<typeof completeOptions>[0];
  assert.throws(() => completeOptions(wrong), {
    name: "InvalidInputError",
    message: /Unknown recipe "alife"; use one of distill, alive/,
  });
});

test("several hosts, and their ages, come back from the command that is printed", () => {
  const flags = {
    target: "t.png",
    out: "o.safetensors",
    host: "a.safetensors",
    also: ["b.safetensors", "c d.safetensors"],
    ages: [5, 90],
  };
  const command = commandOf(flags);
  assert.match(command, /--also 'b.safetensors,c d.safetensors' --ages 5:90/);
  const { also, ages } = valuesOf(command);
  assert.deepEqual({ also, ages }, { also: flags.also, ages: flags.ages });
});
