// A training that is killed again and again, in the middle of writing its state too, ends in the bits of one that
// never was. NCA_KILLS says how often (6).

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { decodeSafetensors } from "../../lib/io/safetensors.js";
import { Random } from "../../lib/rule/random.js";
import { type Ended, startTraining } from "./training.js";

const KILLS = Number(process.env.NCA_KILLS ?? 6);
/** Kills come within this time after the first training step. */
const LONGEST_MS = 300;
/** Every third comes within this time after its process started: before there is any training step, mostly. */
const STARTED_MS = 1500;
const ENDLESS = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), "nca-kill-"));
after(() => rmSync(folder, { recursive: true }));

/** A training in the folder, killed so many milliseconds after its first step or after its start, if it is to be. */
async function train(args: readonly string[], killAfterMs?: number, young = false): Promise<Ended> {
  const training = startTraining(folder, args);
  if (killAfterMs !== undefined) {
    if (!young) await training.began;
    setTimeout(training.kill, killAfterMs);
  }
  return training.ended;
}

const inFolder = (name: string) => join(folder, name);
const stepIn = (file: string) => Number(decodeSafetensors(readFileSync(file), file).metadata.step);
const temporaries = () => readdirSync(folder).filter((name) => name.endsWith(".tmp")).length;

/** Kills a training as often as asked, then lets it end; the steps that it has then. */
async function survive(out: string, args: readonly string[], kills: number): Promise<number> {
  const state = inFolder(`${out}.training`);
  const going = ["--out", out, ...args, "--checkpoint-seconds", "0", "--resume"];
  const random = new Random(1);
  let step = 0;
  let halfWritten = 0;
  for (let kill = 0; kill < kills; kill++) {
    const young = kill % 3 === 2;
    const killAfterMs = random.uniform(0, young ? STARTED_MS : LONGEST_MS);
    const { code, stderr } = await train([...going, "--steps", `${ENDLESS}`], killAfterMs, young);
    assert.equal(code, null, stderr);
    halfWritten += temporaries() > 0 ? 1 : 0;
    const now = stepIn(state);
    assert.ok(now >= step, `it went back from step ${step} to ${now}`);
    step = now;
  }
  console.log(`${kills} kills, ${halfWritten} of them in the middle of writing; ${step} steps`);
  assert.ok(step > 0, "it never got anywhere");
  const { code, stderr } = await train([...going, "--steps", `${step + 3}`]);
  assert.equal(code, 0, stderr);
  assert.equal(temporaries(), 0, "half-written files are left");
  assert.ok(!existsSync(state));
  return step + 3;
}

test("killed at any moment, a training ends in the same bits", async () => {
  const steps = await survive("killed.safetensors", [], KILLS);
  const killed = readFileSync(inFolder("killed.safetensors"));
  rmSync(inFolder("killed.safetensors"));
  const { code, stderr } = await train(["--out", "killed.safetensors", "--steps", `${steps}`]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(killed, readFileSync(inFolder("killed.safetensors")));
});

test("so does another stage of the same file", async () => {
  const out = "staged.safetensors";
  const first = await train(["--out", out, "--steps", "3"]);
  assert.equal(first.code, 0, first.stderr);
  copyFileSync(inFolder(out), inFolder("first.safetensors"));
  const stage = ["--from", out, "--regime", "regenerating", "--rng-seed", "7"];
  const steps = await survive(out, stage, Math.ceil(KILLS / 2));
  const killed = readFileSync(inFolder(out));
  copyFileSync(inFolder("first.safetensors"), inFolder(out));
  const { code, stderr } = await train(["--out", out, ...stage, "--steps", `${steps}`]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(killed, readFileSync(inFolder(out)));
});

test("a stage killed after its last write, before its state is removed, says that it is finished", async () => {
  const out = "done.safetensors";
  await train(["--out", out, "--steps", "3"]);
  const stage = ["--out", out, "--from", out, "--steps", "4", "--rng-seed", "7"];
  await train([...stage.with(5, "1000000"), "--checkpoint-seconds", "0"], LONGEST_MS);
  copyFileSync(inFolder(`${out}.training`), inFolder("kept"));
  rmSync(inFolder(`${out}.training`));
  assert.equal((await train(stage)).code, 0);
  const finished = readFileSync(inFolder(out));
  copyFileSync(inFolder("kept"), inFolder(`${out}.training`));
  const { code, stderr } = await train([...stage, "--resume"]);
  assert.equal(code, 1);
  assert.match(stderr, /done\.safetensors is finished.*remove done\.safetensors\.training/);
  assert.deepEqual(readFileSync(inFolder(out)), finished);
});
