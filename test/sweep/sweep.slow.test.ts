// Sweeps: what a plan says, what decides an id, and that a table is the same however it was made.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Folder, type Row } from "../../scripts/sweep/folder.js";
import { planIn } from "../../scripts/sweep/plan.js";
import { differenceOf } from "../../scripts/sweep/verify.js";
import { run, scripts } from "../scripts/run.js";

const place = mkdtempSync(join(tmpdir(), "nca-sweep-"));
after(() => rmSync(place, { recursive: true }));

let made = 0;
/** A plan in a folder of its own. */
function planned(plan: unknown): string {
  const path = join(mkdtempSync(join(place, "plan-")), `plan-${made++}.json`);
  writeFileSync(path, typeof plan === "string" ? plan : JSON.stringify(plan));
  return path;
}

const TINY = { size: 8, padding: 3, steps: 6, batch: 2 };
const MEASURE = { runs: 2, lives: 0, longest: 200, trials: 1 };

test("lists are multiplied, and an id is all that decides the bits, and no more", () => {
  const plan = { every: TINY, trainings: [{ target: ["lizard", "bird"], "rng-seed": [1, 2, 3] }] };
  const all = planIn(planned(plan));
  assert.equal(all.length, 6);
  assert.deepEqual(all[4].flags, { target: "bird", "rng-seed": "2" });
  assert.deepEqual(
    planIn(planned(plan)).map(({ id }) => id),
    all.map(({ id }) => id),
  );
  const one = (flags: object, more = {}) =>
    planIn(planned({ trainings: [{ ...TINY, target: "lizard", ...flags }], ...more }))[0].id;
  const usual = one({});
  const copy = join(place, "copy.png");
  copyFileSync("targets/lizard.png", copy);
  assert.equal(one({ target: copy }), usual); // the same picture, elsewhere
  assert.equal(one({ engine: "wasm" }), usual);
  writeFileSync(copy, readFileSync("targets/bird.png"));
  const others = [one({ target: copy }), one({ engine: "fused" }), one({ steps: 7 })];
  assert.equal(new Set([usual, ...others]).size, 4);
  assert.equal(one({}, { measure: { runs: 3 } }), usual); // it is trained all the same
  const sizes = [{}, { size: 8, padding: 3 }, { size: 40, padding: 16 }].map((size) => {
    const root = { name: "root", target: "heart", size: 8, padding: 3 };
    return planIn(planned({ trainings: [root, { target: "lizard", from: "@root", ...size }] }))[1].id;
  });
  assert.equal(new Set(sizes).size, 3);
});

test("a plan that cannot be carried out says where and why", () => {
  const cases: [unknown, RegExp][] = [
    ["{", /no JSON/],
    [{ trainings: [] }, /no trainings; expected/],
    [{ training: [] }, /has "training"\. Did you mean trainings\?/],
    [{ trainings: [{ target: "lizrd" }] }, /training 1: .*lizard/],
    [
      { trainings: [{ target: "lizard", stepz: 3 }] },
      /training 1: There is no flag "--stepz"\. Did you mean --steps\?/,
    ],
    [{ trainings: [{ target: "lizard", steps: 0.5 }] }, /training 1: --steps is "0\.5"/],
    [{ trainings: [{ target: "lizard", out: "x" }] }, /"out", which a sweep decides/],
    [
      { trainings: [{ target: "lizard", from: "@root" }] },
      /from is "@root"; expected the name of a training that comes before/,
    ],
    [{ trainings: [{ target: ["lizard", "bird"], name: "root" }] }, /name is "root"; expected .* no lists/],
    [
      { trainings: [{ target: "lizard" }, { target: "lizard" }] },
      /a training twice: target lizard\. They are number 1 and number 2/,
    ],
    [{ trainings: [{ target: "lizard,bird" }] }, /a list of pictures is written as/],
    [
      { trainings: [{ target: "lizard" }], measure: { runs: 0 } },
      /measure has runs 0; expected .* from 1 to 1024/,
    ],
    [{ trainings: [{ target: "lizard", batch: 2, fresh: 3 }] }, /training 1: .*fresh/],
    [{ trainings: [{ target: "lizard", host: "bird", also: "@root" }] }, /also is "@root"; expected files/],
    [{ trainings: [{ target: "nothing.png" }] }, /training 1: there is no file nothing\.png/],
    [{ trainings: [{ target: "targets/" }] }, /training 1: /],
    [{ trainings: [{ target: "lizard" }], measure: { run: 3 } }, /no measure "run".*Did you mean runs\?/],
  ];
  for (const [plan, message] of cases) assert.throws(() => planIn(planned(plan)), { message });
});

test("rows are compared by their bits, or by their losses on a graphics card", () => {
  const row = (engine: string, rule: string, median: number): Row => ({
    id: "0",
    measure: {},
    engine,
    version: "1",
    rule,
    measured: { logLoss: { 200: { median, worst: 0 } } },
  });
  assert.equal(differenceOf(row("wasm", "a", -3), row("wasm", "a", -3)), undefined);
  assert.match(`${differenceOf(row("wasm", "a", -3), row("wasm", "b", -3))}`, /other bits/);
  assert.match(`${differenceOf(row("wasm", "a", -3), row("wasm", "a", -3.01))}`, /measured otherwise/);
  assert.equal(differenceOf(row("webgpu", "a", -3), row("webgpu", "b", -3.09)), undefined);
  assert.match(
    `${differenceOf(row("webgpu", "a", -3), row("webgpu", "a", -2.8))}`,
    /log loss at 200: -3\.00, again -2\.80/,
  );
});

const table = (path: string) => readFileSync(join(path.replace(/\.json$/, ""), "table.json"), "utf8");

/** Starts a sweep; it has a process group of its own, to be killed with. */
function started(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(scripts, "sweep.js"), ...args], { stdio: "ignore", detached: true });
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));

test("killed and gone on with, started twice, in shards: the same table, which can be verified", async () => {
  const plan = {
    every: TINY,
    measure: MEASURE,
    trainings: [
      { name: "root", target: "heart" },
      { target: "lizard", from: "@root" },
      { target: "lizard", "rng-seed": [1, 2] },
      { target: "bird", host: "@root", ages: "0:20" },
    ],
  };
  const [whole, killed, twice, shards] = [1, 2, 3, 4].map(() => planned(plan));
  const { code, stderr } = await run("sweep", whole);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /5 of 5 rows/);

  const child = started(killed, "--checkpoint-seconds", "1");
  const folder = new Folder(killed.replace(/\.json$/, ""));
  const rows = () => planIn(killed).filter(folder.isDone).length;
  while (rows() < 2) await wait(20);
  process.kill(-child.pid!, "SIGKILL");
  await ended(child);
  assert.ok(rows() < 5);
  const listed = await run("sweep", killed, "--list");
  assert.equal(listed.stdout.trim().split("\n").length, 5 - rows());
  assert.equal((await run("sweep", killed)).code, 0);

  await Promise.all([started(twice), started(twice)].map(ended));
  for (const shard of ["1/2", "2/2"]) assert.equal((await run("sweep", shards, "--shard", shard)).code, 0);
  for (const other of [killed, twice, shards]) assert.equal(table(other), table(whole));

  const names = readdirSync(whole.replace(/\.json$/, ""));
  assert.ok(
    names.every((name) => !/\.training|\.tmp/.test(name)),
    `${names}`,
  );
  const page = readFileSync(join(whole.replace(/\.json$/, ""), "index.html"), "utf8");
  assert.match(page, /5 of 5 trainings are done/);
  assert.doesNotMatch(page, /http-equiv/);

  const measured = JSON.parse(readFileSync(whole, "utf8"));
  writeFileSync(whole, JSON.stringify({ ...measured, measure: { ...MEASURE, runs: 1 } }));
  const again = await run("sweep", whole);
  assert.match(again.stderr, /5 of 5 rows/);
  assert.doesNotMatch(again.stderr, /Wrote /); // only measured
  const same = await run("sweep", whole, "--verify", "2");
  assert.equal(same.code, 0, same.stderr);
  assert.equal(same.stdout.match(/the same/g)?.length, 2);
  const [{ id }] = planIn(whole);
  const path = join(whole.replace(/\.json$/, ""), `${id}.json`);
  writeFileSync(path, readFileSync(path, "utf8").replace(/"median":-?\d/, '"median":7'));
  const wrong = await run("sweep", whole, "--only", id, "--verify", "1");
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /measured otherwise/);
  assert.ok(existsSync(path));
  writeFileSync(whole, JSON.stringify(measured));
  const [root, lizard] = planIn(killed).map(({ id }) =>
    join(killed.replace(/\.json$/, ""), `${id}.safetensors`),
  );
  copyFileSync(root, lizard);
  const other = await run("sweep", killed, "--only", planIn(killed)[1].id, "--verify", "1");
  assert.match(other.stdout, /its rule's file is another/);
  const unknown = await run("sweep", whole, "--only", "0123");
  assert.match(unknown.stderr, /"0123" is neither an id nor a name/);
  const byName = { every: TINY, trainings: [{ name: "root", target: "heart" }, { target: "lizard" }] };
  const named = planned(byName);
  const [only] = planIn(named);
  assert.equal((await run("sweep", named, "--only", "root", "--list")).stdout, `${only.id}\n`);
  assert.match((await run("sweep", named, "--only", "rot")).stderr, /Did you mean root\?/);
});

test("one training that fails stops no other, and is told at the end", async () => {
  const text = join(place, "text.png");
  writeFileSync(text, "no picture");
  const path = planned({ every: TINY, measure: MEASURE, trainings: [{ target: [text, "lizard", "heart"] }] });
  const { code, stderr } = await run("sweep", path);
  assert.equal(code, 1);
  assert.match(stderr, /2 of 3 rows/);
  assert.match(stderr, /Failed: target .*text\.png: /);
});
