// The chapters' commands: a training that is stopped goes on to the same bytes, and what it made is measured; nothing is lost.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { decode, encode } from "fast-png";
import { type Outcome, run, scripts } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "nca-chapters-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);

/** Runs a training and stops it, as a closed terminal would, at its first training step. */
function stopped(script: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(scripts, `${script}.js`), ...args]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
      if (/log loss/.test(stderr)) child.kill("SIGTERM");
    });
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

test("a texture's training is stopped and goes on to the same bytes, is measured, and weaves a tile", async () => {
  const args = ["--texture", "stripes", "--micro", "--steps", "12"];
  const [whole, parts] = [inFolder("whole.safetensors"), inFolder("parts.safetensors")];
  assert.equal((await run("textures", ...args, "--out", whole)).code, 0);
  const first = await stopped("textures", ...args, "--out", parts);
  assert.match(first.stderr, /The same command with --resume goes on/);
  assert.ok(existsSync(`${parts}.training`) && !existsSync(parts), first.stderr);

  const again = await run("textures", ...args, "--out", parts);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /--resume goes on/);
  const resumed = await run("textures", ...args, "--out", parts, "--resume");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.ok(!existsSync(`${parts}.training`));
  assert.ok(readFileSync(parts).equals(readFileSync(whole)));

  const tile = inFolder("tile.png");
  const measured = await run(
    "textures",
    ...["--texture", "stripes", "--model", whole, "--json", "--tile", tile, "--size", "20"],
  );
  assert.deepEqual(Object.keys(JSON.parse(measured.stdout)), ["100", "500", "2000"]);
  const { width, height } = decode(readFileSync(tile));
  assert.deepEqual([width, height], [20, 20]);
});

test("a matrix is trained on its host and measured, and a finished rule is not lost", async () => {
  const matrix = inFolder("matrix.safetensors");
  const what = ["--by", "matrix", "--change", "tailless"];
  const trained = await run("adversarial", ...what, "--steps", "1", "--out", matrix);
  assert.equal(trained.code, 0, trained.stderr);
  const measured = await run("adversarial", ...what, "--model", matrix, "--trials", "1", "--json");
  assert.equal(JSON.parse(measured.stdout)[0].share, 1);
  const over = await run("adversarial", ...what, "--steps", "1", "--out", matrix);
  assert.equal(over.code, 1);
  assert.match(over.stderr, /is there already, and would be lost/);
  for (const flags of [[], ["--out", matrix, "--model", matrix]])
    assert.match((await run("adversarial", ...what, ...flags)).stderr, /Give --out to train, or --model/);
});

test("digits without MNIST's files say how to get them", async () => {
  const { code, stderr } = await run("digits", "--out", inFolder("digits.safetensors"), "--mnist", folder);
  assert.equal(code, 1);
  assert.match(stderr, /npm ci --prefix test\/tools brings MNIST/);
});

test("a rule that is no texture's, and pictures that are none, are told apart", async () => {
  const measure = (...args: string[]) => run("textures", ...args);
  const lizard = await measure("--texture", "bricks", "--model", "models/lizard.safetensors");
  assert.equal(lizard.code, 1);
  assert.match(lizard.stderr, /no texture's rule/);
  const out = ["--out", inFolder("none.safetensors"), "--steps", "1"];
  assert.match((await measure("--picture", "targets/bird.png", ...out)).stderr, /transparent in places/);
  const long = inFolder("long.png");
  const data = new Uint8Array(90 * 30 * 3).fill(120);
  writeFileSync(long, encode({ width: 90, height: 30, data, channels: 3 }));
  assert.match((await measure("--picture", long, ...out)).stderr, /64 x 2\d cells; expected 30 at least/);
});
