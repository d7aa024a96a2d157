// A training that is killed again and again, in the middle of writing its state too, ends in the bits of one that
// never was. NCA_KILLS says how often (24).

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../lib/cells/random.js";
import { decodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { type Ended, killTrainings, startTraining } from "./training.js";

const KILLS = Number(process.env.NCA_KILLS ?? 24);
/** Kills come within this time after a training step was saved. */
const LONGEST_MS = 300;
/** Every third comes within this time after its process started: before there is any training step, mostly. */
const STARTED_MS = 1500;
const ENDLESS = 1_000_000;
const LONG = { timeout: 1_800_000 };

const folder = mkdtempSync(join(tmpdir(), "nca-kill-"));
after(async () => {
  await killTrainings();
  rmSync(folder, { recursive: true });
});

/** When to kill a training: once this is true of it, and so many milliseconds later. */
interface Kill {
  readonly once?: () => boolean;
  readonly afterMs: number;
}

/** A training in the folder, killed if it is to be. */
async function train(args: readonly string[], kill?: Kill): Promise<Ended> {
  const training = startTraining(folder, args);
  let over = false;
  const ended = training.ended.finally(() => {
    over = true;
  });
  if (kill) {
    while (!over && kill.once && !kill.once()) await sleep(5);
    setTimeout(training.kill, kill.afterMs);
  }
  return ended;
}

const inFolder = (name: string) => join(folder, name);
const stepIn = (file: string) => Number(decodeSafetensors(readFileSync(file), file).metadata.step);
const hasState = (out: string) => existsSync(inFolder(`${out}.training`));
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
    const once = young ? undefined : () => hasState(out) && stepIn(state) > step;
    const afterMs = random.uniform(0, young ? STARTED_MS : LONGEST_MS);
    const before = temporaries();
    const { code, stderr } = await train([...going, "--steps", `${ENDLESS}`], { once, afterMs });
    assert.equal(code, null, stderr);
    halfWritten += temporaries() - before;
    const now = stepIn(state);
    assert.ok(now >= step, `it went back from step ${step} to ${now}`);
    step = now;
  }
  console.log(`${kills} kills, ${halfWritten} of them in the middle of writing; ${step} steps`);
  assert.ok(step > 0, "it never got anywhere");
  const { code, stderr } = await train([...going, "--steps", `${step + 3}`]);
  assert.equal(code, 0, stderr);
  assert.ok(!existsSync(state));
  return step + 3;
}

test("killed at any moment, a training ends in the same bits", LONG, async () => {
  const steps = await survive("killed.safetensors", [], KILLS);
  const killed = readFileSync(inFolder("killed.safetensors"));
  rmSync(inFolder("killed.safetensors"));
  const { code, stderr } = await train(["--out", "killed.safetensors", "--steps", `${steps}`]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(killed, readFileSync(inFolder("killed.safetensors")));
});

test("so does another stage of the same file", LONG, async () => {
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

test("a stage that is done says so, though it was killed before its state was removed", LONG, async () => {
  const out = "done.safetensors";
  assert.equal((await train(["--out", out, "--steps", "3"])).code, 0);
  const stage = ["--out", out, "--from", out, "--steps", "4", "--rng-seed", "7"];
  const endless = ["--out", out, "--from", out, "--rng-seed", "7", "--steps", `${ENDLESS}`];
  const once = () => hasState(out) && stepIn(inFolder(`${out}.training`)) > 0;
  await train([...endless, "--checkpoint-seconds", "0"], { once, afterMs: 0 });
  copyFileSync(inFolder(`${out}.training`), inFolder("kept"));
  rmSync(inFolder(`${out}.training`));
  assert.equal((await train(stage)).code, 0);
  const finished = readFileSync(inFolder(out));
  copyFileSync(inFolder("kept"), inFolder(`${out}.training`));
  const { code, stderr } = await train([...stage, "--resume"]);
  assert.equal(code, 1);
  assert.match(stderr, /done\.safetensors is finished.*remove done\.safetensors\.training/);
  rmSync(inFolder(`${out}.training`));
  const again = await train([...stage, "--resume"]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /done\.safetensors is finished.*trained once more/);
  assert.deepEqual(readFileSync(inFolder(out)), finished);
});
