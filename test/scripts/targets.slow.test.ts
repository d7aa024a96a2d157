// Commands on pictures of other formats than PNG: which are taken, and what is said where their numbers have changed.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { load, loadCheckpoint } from "../../lib/io/load.js";
import { targetFromPixels } from "../../lib/io/target.js";
import { fingerprintOf } from "../../lib/io/target-facts.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { recipeIn } from "../../lib/train/recipe.js";
import { resumeTraining, saveTraining } from "../../lib/train/resume.js";
import { Trainer } from "../../lib/train/trainer.js";
import { ancestryProblems } from "../../scripts/shared/ancestry.js";
import { type Ended, startTraining } from "./training.js";

const folder = mkdtempSync(join(tmpdir(), "nca-targets-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);

/** Trains on another target than the usual one. */
function train(target: string, out: string): Promise<Ended> {
  return startTraining(folder, ["--target", target, "--out", out, "--steps", "1", "--force"]).ended;
}

function drawDisc(radius: number): void {
  const disc = `<circle cx="8" cy="8" r="${radius}" fill="#f80"/>`;
  writeFileSync(
    inFolder("disc.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${disc}</svg>`,
  );
}

test("a rule's recipe keeps the fingerprint of its target; a training that meets other numbers says so", async () => {
  const out = inFolder("disc.safetensors");
  const message =
    /was made by this command when its target's numbers were [0-9a-f]{8}; they are [0-9a-f]{8} now/;
  drawDisc(8);
  for (const turn of [1, 2]) {
    const { code, stderr } = await train("disc.svg", "disc.safetensors");
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, message, `turn ${turn}`);
  }
  const [{ task }] = recipeIn((await loadCheckpoint(out)).notes, out);
  assert.match(JSON.stringify(task), /"target":\{.*"fingerprint":"[0-9a-f]{8}"\}/);
  assert.deepEqual(await ancestryProblems(out, folder), []);
  drawDisc(6);
  const [problem, ...more] = await ancestryProblems(out, folder);
  assert.match(problem, /disc\.svg, its target, had the numbers [0-9a-f]{8}; they are [0-9a-f]{8} now/);
  assert.deepEqual(more, []);
  const { code, stderr } = await train("disc.svg", "disc.safetensors");
  assert.equal(code, 0, stderr);
  assert.match(stderr, message);
});

test("a training that is resumed on other numbers says that these are what differs", async () => {
  const path = inFolder("state.training");
  const rule = createRule({ channels: 4, hidden: 2, rngSeed: 1 });
  const options = { batch: 2, poolSize: 2, rollout: [2, 3] as [number, number], steps: 9 };
  const target = (red: number) => {
    const data = new Uint8ClampedArray(4 * 9).fill(255).fill(red, 0, 1);
    return targetFromPixels({ data, width: 3, height: 3 }, { size: 3, padding: 1 });
  };
  const [then, now] = [target(9), target(8)];
  await saveTraining(new Trainer(rule, growth(then, rule), options), path);
  await resumeTraining(path, rule, growth(then, rule), options);
  const prints = `its numbers were ${fingerprintOf(then)} and are ${fingerprintOf(now)} now`;
  await assert.rejects(resumeTraining(path, rule, growth(now, rule), options), (error: Error) => {
    assert.equal(error.name, "OtherTrainingError");
    assert(error.message.includes(prints), error.message);
    return true;
  });
});

test("--target takes an emoji, and refuses what cannot live or be read before the first step", async () => {
  const { code, stderr } = await train("🦎", "emoji.safetensors");
  assert.equal(code, 0, stderr);
  assert.equal((await load(inFolder("emoji.safetensors"))).spec.channels, 16);
  writeFileSync(inFolder("a.heic"), Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"));
  const refused = await train("a.heic", "none.safetensors");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /a\.heic is no picture that can be read: it looks like a HEIC picture.*convert it to PNG/,
  );
});
