import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { createCanvas } from "canvas";
import { decode } from "fast-png";
import { decodeRule, encodeRule } from "../../lib/io/checkpoint.js";
import { load } from "../../lib/io/load.js";
import { decodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { createRule } from "../../lib/rule/rule.js";
import { recipeIn } from "../../lib/train/recipe.js";
import { VERSION } from "../../lib/version.js";
import { commandOf } from "../../scripts/shared/recipe.js";
import * as W from "../io/make-weights.js";
import { run, runWith, scripts } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "commands-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);

const LIZARD = "targets/lizard.png";
const SMALL = ["--size", "12", "--padding", "4", "--hidden", "16", "--batch", "2", "--pool", "4"];
const model = inFolder("small.safetensors");
const fresh = inFolder("fresh.safetensors");

test("a rule trained in stages says the commands of all of them", async () => {
  const out = inFolder("stages.safetensors");
  const small = ["--size", "12", "--padding", "4", "--batch", "2", "--pool", "4"];
  const train = (...args: string[]) => run("train", "--target", LIZARD, ...small, "--out", out, ...args);
  await train("--steps", "2", "--hidden", "16");
  const second = ["--from", join(folder, ".", "stages.safetensors"), "--steps", "3", "--objective", "root"];
  const refused = await train(...second, "--hidden", "16");
  assert.match(refused.stderr, /--hidden has no effect with --from/);
  const done = await train(...second);
  assert.equal(done.code, 0, done.stderr);
  const [one, two, ...rest] = recipeIn(decodeSafetensors(readFileSync(out), out).metadata, out);
  assert.deepEqual(rest, []);
  assert.doesNotMatch(commandOf(one.flags!), /--from/);
  assert.match(commandOf(two.flags!), /--from .*stages.safetensors --steps 3 .*--objective root/);
  assert.deepEqual([one.step, two.step, two.engine, two.version], [2, 3, "wasm", VERSION]);
  assert.match(JSON.stringify(one.task), /"kind":"growth".*"fingerprint":"[0-9a-f]{8}"/);
  assert.notEqual(one.start, two.start);
});

test("train, grow and evaluate, the same bytes twice", async () => {
  const args = ["--target", LIZARD, ...SMALL, "--steps", "6", "--rng-seed", "2"];
  const trained = await run("train", ...args, "--out", model);
  assert.deepEqual([trained.code, trained.stdout], [0, ""], trained.stderr);
  assert.match(trained.stderr, /6\/6 {2}log loss -?\d/);
  assert.ok(!existsSync(`${model}.training`));
  const first = readFileSync(model);
  const [stage] = recipeIn(decodeSafetensors(first, model).metadata, model);
  assert.match(
    commandOf(stage.flags!),
    /^npm run train -- --target targets\/lizard.png --out .*small.safetensors --steps 6/,
  );
  await run("train", ...args, "--out", model, "--force");
  assert.deepEqual(readFileSync(model), first);
  for (const [out, magic] of [
    ["a.png", "\x89PNG"],
    ["a.gif", "GIF89a"],
  ]) {
    const grown = await run("grow", "--model", model, "--steps", "20", "--out", inFolder(out));
    assert.equal(grown.code, 0, grown.stderr);
    assert.ok(readFileSync(inFolder(out)).toString("latin1").startsWith(magic));
  }
  const map = inFolder("map.png");
  const measured = ["--model", model, "--target", LIZARD, "--lives", "3", "--survival", map, "--json"];
  const evaluated = await run("evaluate", ...measured);
  const { logLoss, recovery, lives } = JSON.parse(evaluated.stdout);
  assert.deepEqual(lives[200], { recovered: 0, cases: 3 });
  assert.ok(readFileSync(map).toString("latin1").startsWith("\x89PNG"));
  assert.deepEqual(Object.keys(logLoss), ["96", "200", "1000", "10000"]);
  assert.ok(logLoss[96].median <= logLoss[96].worst && logLoss[96].worst < 0);
  assert.deepEqual(recovery[1000].cases, 40);
});

test("a picture that would be too large is refused before anything grows", async () => {
  const started = performance.now();
  const args = ["--model", model, "--size", "4096", "--steps", "1000000", "--every", "1000"];
  const { code, stderr } = await run("grow", ...args, "--out", inFolder("large.gif"));
  assert.equal(code, 1);
  assert.match(stderr, /A picture of 16384 x 16384 px is too large/);
  assert.ok(performance.now() - started < 20_000);
});

test("an interrupted training resumes to the same bits", async () => {
  const out = inFolder("whole.safetensors");
  const args = ["--target", LIZARD, ...SMALL, "--out", out, "--steps", "1000", "--rng-seed", "5"];
  await run("train", ...args);
  const whole = readFileSync(out);
  rmSync(out);
  const child = execFile(process.execPath, [join(scripts, "train.js"), ...args], { timeout: 60_000 });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const firstStep = new Promise<void>((resolve) => {
    child.stderr?.on("data", (text) => {
      if (/1\/1000/.test(text)) resolve();
    });
  });
  await Promise.race([firstStep, ended]);
  child.kill("SIGINT");
  assert.equal(await ended, 130);
  const { step } = decodeSafetensors(readFileSync(`${out}.training`), "the state").metadata;
  assert.ok(Number(step) > 0 && Number(step) < 1000, `it stopped at step ${step}`);
  const anew = await run("train", ...args);
  assert.match(anew.stderr, /unfinished training: --resume goes on with it/);
  const resumed = await run("train", ...args, "--resume");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(readFileSync(out), whole);
  const again = await run("train", ...args, "--resume");
  assert.match(again.stderr, /finished, there is nothing to resume; --from .* trains it further/);
});

test("no rule is overwritten unasked", async () => {
  const out = inFolder("kept.safetensors");
  const args = ["--target", LIZARD, ...SMALL, "--steps", "2", "--out", out];
  await run("train", ...args);
  const kept = readFileSync(out);
  const refused = await run("train", ...args, "--rng-seed", "9");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /is there already, and would be lost: give another --out, or --from .* --force/,
  );
  assert.deepEqual(readFileSync(out), kept);
  assert.equal((await run("train", ...args, "--rng-seed", "9", "--force")).code, 0);
  assert.notDeepEqual(readFileSync(out), kept);
});

test("a training says what it will cost, and shows what it grows", async () => {
  const preview = inFolder("preview.gif");
  const args = ["--target", LIZARD, ...SMALL, "--steps", "2", "--preview", preview];
  const { stderr } = await run("train", ...args, "--out", inFolder("cost.safetensors"));
  assert.match(
    stderr,
    /^\d+ of 400 cells will live; 2 training steps take less than a minute \(\d+\.\d\d s each/,
  );
  assert.ok(readFileSync(preview).toString("latin1").startsWith("GIF89a"));
});

test("another stage has the size of the one before, unless another is asked for", async () => {
  const out = inFolder("sized.safetensors");
  const train = (...args: string[]) =>
    run("train", "--target", LIZARD, "--steps", "1", "--out", out, ...args);
  await train("--size", "14", "--padding", "3", "--batch", "1", "--pool", "2");
  const again = await train("--from", out, "--batch", "1", "--pool", "2");
  assert.match(again.stderr, /trained: --size 14 --padding 3\.\n\d+ of 400 cells will live/);
  const larger = await train("--from", out, "--batch", "1", "--pool", "2", "--size", "16");
  assert.match(larger.stderr, /of 484 cells will live/);
});

test("a rule of other people's is read once, and what is guessed of it is said once", async () => {
  const from = inFolder("theirs.pt");
  const lizard = await load("models/lizard.safetensors");
  const names = { w1: "a.weight", b1: "a.bias", w2: "b.weight", b2: "b.bias" };
  writeFileSync(from, W.torchOf(W.renamed(W.layersOf(lizard, W.FILTER_MAJOR), names)));
  const small = ["--size", "12", "--padding", "4", "--steps", "1", "--batch", "1", "--pool", "2"];
  const out = inFolder("from-theirs.safetensors");
  const { code, stderr } = await run("train", "--target", LIZARD, ...small, "--from", from, "--out", out);
  assert.equal(code, 0, stderr);
  assert.equal(stderr.split("is a guess").length - 1, 1, stderr);
});

test("a training that the system asks to end keeps what it learned, and can go on", async () => {
  const out = inFolder("ended.safetensors");
  const args = ["--target", LIZARD, ...SMALL, "--out", out, "--steps", "100000"];
  const child = execFile(process.execPath, [join(scripts, "train.js"), ...args], { timeout: 60_000 });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  let said = "";
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (text) => {
      said += text;
      if (/1\/100000/.test(said)) resolve();
    });
  });
  child.kill("SIGTERM");
  assert.equal(await ended, 130);
  assert.match(said, /--resume goes on\.[\s\S]*Stopped at step/);
  const { step } = decodeSafetensors(readFileSync(`${out}.training`), "the state").metadata;
  assert.ok(Number(step) > 0);
});

test("a picture in targets/ goes by its name, and a page of one's own is not overwritten", async () => {
  const out = inFolder("named.safetensors");
  const done = await run("train", "--target", "lizard", ...SMALL, "--steps", "1", "--out", out);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /Wrote .*named\.safetensors\.\n$/);
  writeFileSync(inFolder("index.html"), "<h1>mine</h1>");
  const refused = await run("playground", "--build", "--out", folder, "--model", "lizard");
  assert.match(refused.stderr, /index\.html is another page, and would be lost/);
  assert.equal(readFileSync(inFolder("index.html"), "utf8"), "<h1>mine</h1>");
});

test("an empty picture is said to be one", async () => {
  const dead = inFolder("dead.safetensors");
  const rule = createRule({ hidden: 4 });
  rule.parameters.b2.fill(-1);
  writeFileSync(dead, encodeRule(rule));
  const { stderr } = await run("grow", "--model", dead, "--steps", "9", "--out", inFolder("dead.png"));
  assert.match(stderr, /No cell lives at step 9: the last picture is empty\.\nWrote .*dead\.png\./);
});

test("a preview that cannot be written is told before the first step", async () => {
  const out = inFolder("unseen.safetensors");
  const args = ["--target", LIZARD, ...SMALL, "--steps", "2", "--out", out];
  const done = await run("train", ...args, "--preview", join(folder, "none/x.gif"));
  assert.equal(done.code, 1);
  assert.match(done.stderr, /Cannot write .*x\.gif: the folder .* does not exist/);
  assert.ok(!existsSync(out) && !existsSync(`${out}.training`));
});

test("a % that asks for no number stays in a frame's name", async () => {
  const out = inFolder("100%done.png");
  assert.equal((await run("grow", "--model", "lizard", "--steps", "2", "--out", out)).code, 0);
  assert.ok(existsSync(out));
});

test("a picture with an empty centre and one of two bodies grow from seeds of their own", async () => {
  const ring = createCanvas(40, 40);
  const context = ring.getContext("2d");
  context.lineWidth = 8;
  context.arc(20, 20, 14, 0, 2 * Math.PI);
  context.stroke();
  const islands = createCanvas(40, 40);
  islands.getContext("2d").fillRect(0, 0, 12, 12);
  islands.getContext("2d").fillRect(28, 28, 12, 12);
  for (const [name, canvas, seeds] of [
    ["ring", ring, 1],
    ["islands", islands, 2],
  ] as const) {
    const [picture, out] = [inFolder(`${name}.png`), inFolder(`${name}.safetensors`)];
    writeFileSync(picture, canvas.toBuffer("image/png"));
    const args = ["--size", "16", "--padding", "4", "--hidden", "32", "--batch", "2", "--pool", "8"];
    const done = await run("train", "--target", picture, ...args, "--steps", "60", "--out", out);
    assert.equal(done.code, 0, done.stderr);
    assert.doesNotMatch(done.stderr, /goes back/);
    const { grid } = decodeRule(readFileSync(out)).rule;
    assert.equal(grid?.seeds.length, seeds);
    assert.ok(!grid.seeds.some(({ dx, dy }) => dx === 0 && dy === 0));
  }
});

test("a rule in models/ is found by its name, numbered frames and transparency are written", async () => {
  const out = inFolder("frame-%02d.png");
  const done = await run("grow", "--model", "lizard", "--steps", "4", "--transparent", "--out", out);
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(
    [0, 1, 2, 3].map((frame) => existsSync(inFolder(`frame-0${frame}.png`))),
    [true, true, true, false],
  );
  const { data } = decode(readFileSync(inFolder("frame-00.png")));
  assert.equal(data[3], 0, "nothing in the corner");
});

test("a film is written by ffmpeg, or the error says that there is none", async () => {
  const out = inFolder("film.webm");
  const done = await run("grow", "--model", "lizard", "--steps", "4", "--out", out);
  if (done.code === 0) assert.deepEqual([...readFileSync(out).subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]);
  else assert.match(done.stderr, /A film is written by ffmpeg, and there is none; install it/);
});

const broken: [string, string, string[], RegExp][] = [
  ["a missing picture", "train", ["--target", "no.png", "--out", fresh], /no file .*no\.png/],
  [
    "a text file named .png",
    "train",
    ["--target", inFolder("text.png"), "--out", fresh],
    /no picture that can be read: it looks like text/,
  ],
  ["a broken picture", "train", ["--target", inFolder("cut.png"), "--out", fresh], /cut\.png/],
  ["an unknown regime", "train", ["--target", LIZARD, "--regime", "odd", "--out", fresh], /"odd".*growing/],
  ["an unknown flag", "train", ["--target", LIZARD, "--color", "red", "--out", fresh], /--color/],
  [
    "a URL",
    "grow",
    ["--model", "https://a.b/c.pt", "--out", inFolder("a.png")],
    /it is a URL, expected a file/,
  ],
  [
    "a name like one in models/",
    "grow",
    ["--model", "lizzard", "--out", inFolder("a.png")],
    /Did you mean lizard/,
  ],
  [
    "a film that cannot be transparent",
    "grow",
    ["--model", model, "--transparent", "--out", "a.mp4"],
    /\.mp4 cannot/,
  ],
  ["a missing flag", "train", ["--target", LIZARD], /--out is missing/],
  ["steps that are no number", "train", ["--target", LIZARD, "--steps", "many", "--out", fresh], /"many"/],
  [
    "a folder that is not there",
    "train",
    ["--target", LIZARD, "--out", inFolder("no/x.safetensors")],
    /folder/,
  ],
  [
    "a truncated checkpoint",
    "grow",
    ["--model", inFolder("cut.safetensors"), "--out", inFolder("b.png")],
    /cut/,
  ],
  ["a picture as a checkpoint", "grow", ["--model", LIZARD, "--out", inFolder("b.png")], /lizard\.png/],
  [
    "an unknown kind of output",
    "grow",
    ["--model", model, "--out", inFolder("b.jpg")],
    /\.png, \.gif, \.mp4, \.webm/,
  ],
  ["an unwritable output", "grow", ["--model", model, "--out", "/proc/b.png"], /\/proc/],
  [
    "a grid of nothing",
    "grow",
    ["--model", model, "--size", "0", "--out", inFolder("b.png")],
    /--size is "0"/,
  ],
  [
    "a missing model",
    "evaluate",
    ["--model", "no.safetensors", "--target", LIZARD],
    /no file .*no\.safetensors/,
  ],
  [
    "wounds of a rule that is not to heal",
    "train",
    ["--target", LIZARD, "--damage", "circles", "--out", model],
    /--damage has no effect where nothing is wounded/,
  ],
  [
    "a pool where there is none",
    "train",
    ["--target", LIZARD, "--regime", "growing", "--pool", "4", "--out", model],
    /--pool has no effect with --regime growing/,
  ],
  [
    "a cure without a host",
    "train",
    ["--target", LIZARD, "--via", model, "--out", model],
    /--via has no effect/,
  ],
  [
    "a host of another kind",
    "train",
    [
      "--target",
      LIZARD,
      "--host",
      "models/lizard.safetensors",
      "--from",
      model,
      "--out",
      inFolder("c.safetensors"),
    ],
    /share one specification; hidden/,
  ],
  [
    "ages the wrong way round",
    "infect",
    ["--host", model, "--infection", model, "--target", LIZARD, "--ages", "9:3"],
    /--ages is "9:3"/,
  ],
  [
    "a flag with a typo",
    "train",
    ["--taget", LIZARD, "--out", model],
    /no flag "--taget"\. Did you mean --target\?/,
  ],
  ["a typo before =", "grow", [`--modle=${model}`], /no flag "--modle"\. Did you mean --model\?/],
  [
    "a choice with a typo",
    "train",
    ["--target", LIZARD, "--regime", "persistant", "--out", model],
    /--regime is "persistant"; expected one of growing, .*\. Did you mean persistent\?/,
  ],
  ["a flag given twice", "grow", ["--model", model, "--model=b.pt"], /--model is given twice/],
  ["a flag without its value", "evaluate", ["--target", LIZARD, "--model"], /--model has no value/],
  ["a flag as another's value", "evaluate", ["--target", "--model", model], /--target is "--model"/],
  ["a word without a flag", "grow", ["b.png"], /"b\.png" belongs to no flag; .* npm run grow -- --model/],
  [
    "an unknown engine",
    "grow",
    ["--model", model, "--engine", "wsm"],
    /--engine is "wsm".* Did you mean wasm\?/,
  ],
  ["a picture with a typo", "gifs", ["growht.png"], /Did you mean growth\.png\?/],
  ["a table with a typo", "zoo", ["growht"], /no table "growht"; expected .*\. Did you mean growth\?/],
  ["a notebook with a typo", "notebooks", ["nca_prototpe"], /Did you mean nca_prototype\?/],
  ["a picture that no one draws", "gifs", ["toString"], /no picture "toString"/],
  ["a folder that cannot be made", "playground", ["--build", "--out", "/proc/x"], /\/proc\/x/],
];

for (const [what, script, args, message] of broken) {
  test(`${what} gives one clear line and exit code 1`, async () => {
    writeFileSync(inFolder("text.png"), "This is a text.");
    writeFileSync(inFolder("cut.png"), readFileSync(LIZARD).subarray(0, 900));
    writeFileSync(inFolder("cut.safetensors"), readFileSync(model).subarray(0, 3000));
    const { code, stdout, stderr } = await run(script, ...args);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

const taken: [string, string, string[], RegExp][] = [
  ["target", "train", [], /npm took --target for itself: write npm run train -- --target \.\.\. See/],
  [
    "json",
    "evaluate",
    ["--model", model],
    /npm took --json for itself: write npm run evaluate -- --json\. See/,
  ],
  ["rng_seed", "grow", ["3"], /npm took --rng-seed for itself: write npm run grow -- --rng-seed \.\.\. See/],
];
for (const [variable, script, args, message] of taken) {
  test(`${script} says that npm took --${variable.replace("_", "-")}`, async () => {
    const { code, stdout, stderr } = await runWith({ [`npm_config_${variable}`]: "true" }, script, ...args);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.match(stderr, message);
  });
}

test("a variable of npm's does not matter beside the flag itself", async () => {
  const { stderr } = await runWith(
    { npm_config_model: "true" },
    "grow",
    "--model=no.safetensors",
    "--out",
    "a.png",
  );
  assert.match(stderr, /no file .*no\.safetensors/);
});

test("the engine may come from the environment", async () => {
  const { code, stderr } = await runWith({ NCA_ENGINE: "wsm" }, "grow", "--model", model, "--out", "a.png");
  assert.equal(code, 1);
  assert.match(stderr, /NCA_ENGINE is "wsm"; expected one of wasm, fused, webgpu, reference/);
});
