// A disk that fills up, turns read-only or goes away under a training: one clear line, and the last good state is kept.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { killTrainings, type RunningTraining, startTraining } from "./training.js";

const OUT = "rule.safetensors";
const STATE = `${OUT}.training`;
const LONG = { timeout: 300_000 };
const ENDLESS = ["--out", OUT, "--steps", "1000000", "--checkpoint-seconds", "0"];

const folder = mkdtempSync(join(tmpdir(), "nca-disk-"));
const mounted: string[] = [];
after(async () => {
  await killTrainings();
  for (const disk of mounted) spawnSync("umount", [disk]);
  rmSync(folder, { recursive: true });
});

/** A disk of a megabyte, where we may have one. */
function disk(t: TestContext, name: string): string | undefined {
  const path = join(folder, name);
  mkdirSync(path);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", path]).status !== 0) {
    t.skip("only root may mount a disk");
    return undefined;
  }
  mounted.push(path);
  return path;
}

/** A training on the disk to which something happens; what it says in the end. */
async function trainUntil(
  disk: string,
  event: (isOver: () => boolean, training: RunningTraining) => Promise<void>,
): Promise<string> {
  const training = startTraining(disk, ENDLESS);
  let over = false;
  const ended = training.ended.finally(() => {
    over = true;
  });
  while (!over && ![OUT, STATE].every((name) => existsSync(join(disk, name)))) await sleep(10);
  await event(() => over, training);
  const { code, stderr } = await ended;
  assert.equal(code, 1, stderr);
  return stderr.trim().split("\n").at(-1) ?? "";
}

/** The state that was kept leads to the bits of a training that nothing happened to. */
async function goesOn(disk: string): Promise<void> {
  assert.deepEqual(readdirSync(disk).sort(), [OUT, STATE]);
  const state = readFileSync(join(disk, STATE));
  const end = ["--out", OUT, "--steps", `${Number(decodeSafetensors(state, STATE).metadata.step) + 2}`];
  const resumed = await startTraining(disk, [...end, "--resume"]).ended;
  assert.equal(resumed.code, 0, resumed.stderr);
  const bits = readFileSync(join(disk, OUT));
  const whole = await startTraining(folder, [...end, "--force"]).ended;
  assert.equal(whole.code, 0, whole.stderr);
  assert.deepEqual(bits, readFileSync(join(folder, OUT)));
}

test("a disk that fills up", LONG, async (t) => {
  const path = disk(t, "small");
  if (!path) return;
  const filler = join(path, "filler");
  const said = await trainUntil(path, async (isOver) => {
    const block = new Uint8Array(4096);
    while (!isOver()) {
      try {
        appendFileSync(filler, block);
      } catch {
        await sleep(5); // it is full; what a temporary file gives back is taken as well
      }
    }
  });
  assert.match(said, /^train: Cannot write rule\.safetensors\S*: the disk is full\.$/);
  rmSync(filler);
  await goesOn(path);
});

test("a disk that turns read-only", LONG, async (t) => {
  const path = disk(t, "locked");
  if (!path) return;
  const remount = (how: string) => spawnSync("mount", ["-o", `remount,${how}`, path]).status === 0;
  const said = await trainUntil(path, async (isOver) => {
    while (!isOver() && !remount("ro")) await sleep(1); // not while a file is being written
  });
  assert.match(said, /^train: Cannot write rule\.safetensors\S*: the file system is read-only\.$/);
  assert.ok(remount("rw"));
  await goesOn(path);
});

test("a folder that goes away", LONG, async () => {
  const path = join(folder, "gone");
  mkdirSync(path);
  const said = await trainUntil(path, async (_, training) => {
    training.kill("SIGSTOP"); // it would put another file into the folder that is being emptied
    rmSync(path, { recursive: true, maxRetries: 20 });
    training.kill("SIGCONT");
  });
  assert.match(said, /^train: Cannot write rule\.safetensors\S*: the folder \S*gone does not exist/);
});
