// What is committed can be made again: the beginning of a rule by the command in its metadata, a picture by npm run gifs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import * as nca from "../../lib/index.js";
import { fingerprint } from "../../lib/rule/rule.js";
import { wall } from "../../scripts/gifs/wall.js";
import { modelPath } from "../../scripts/shared/models.js";
import { flagsIn, recipeOf } from "../../scripts/shared/recipe.js";
import { targetFor } from "../../scripts/shared/target.js";

const STEPS = 200;
/** Of the bird's weights after so many training steps of its first stage. */
const BIRD = "294d6e4b";

test("the bird's first training steps, from its metadata, give the same bits again", {
  timeout: 900_000,
}, async () => {
  const { notes } = await nca.loadCheckpoint(modelPath("bird"));
  const [first] = recipeOf(notes, "bird");
  const values = flagsIn(first);
  const rule = await nca.load(join(root, values.from!));
  const target = await targetFor(rule, { ...values, target: join(root, values.target) });
  const trainer = new nca.Trainer(rule, nca.growth(target, rule), first.options);
  for await (const { step } of nca.runTrainer(trainer)) if (step === STEPS) break;
  assert.equal(fingerprint(trainer.rule), BIRD);
});

test("images/growth.png is drawn again byte for byte", { timeout: 300_000 }, async () => {
  assert.deepEqual(Buffer.from(await wall()), readFileSync(join(root, "images/growth.png")));
});
