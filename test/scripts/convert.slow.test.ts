import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { encodeRule } from "../../lib/io/checkpoint.js";
import { encodeDistill } from "../../lib/io/distill/distill.js";
import { load, loadCheckpoint } from "../../lib/io/load.js";
import { encodeOnnx } from "../../lib/io/onnx/write.js";
import { pytorchModule } from "../../lib/io/torch/module.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { createRule } from "../../lib/rule/rule.js";
import { counted } from "../io/counted.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "convert-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);
const PT = "test/io/fixtures/counted.pt";
const SMALL = ["--target", "targets/lizard.png", "--size", "12", "--padding", "4"];

async function converted(model: string, out: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("convert", "--model", model, "--out", inFolder(out), ...args);
  assert.deepEqual([code, stderr], [0, `Wrote ${inFolder(out)}.\n`]);
  return stdout;
}

const ours = createRule({ hidden: 6, rngSeed: 2 });
const path = inFolder("ours.safetensors");
writeFileSync(path, encodeRule(ours, { command: "npm run train -- ..." }));

test("PyTorch's file becomes ours, which says where it is from, and goes back", async () => {
  assert.equal(await converted(PT, "a b.safetensors"), "");
  const { rule, notes } = await loadCheckpoint(inFolder("a b.safetensors"));
  assert.deepEqual(rule, counted(4, 3));
  assert.match(
    notes.command,
    /^npm run convert -- --model test\/io\/fixtures\/counted\.pt --out '.*a b\.safetensors'$/,
  );
  await converted(inFolder("a b.safetensors"), "state.safetensors", "--layout", "pytorch");
  assert.deepEqual(new Uint8Array(readFileSync(inFolder("state.safetensors"))), encodeStateDict(rule));
});

test("Distill's file says what 8 bits cost; ours made of it keeps the numbers", async () => {
  const text = await converted(path, "ours.json", ...SMALL);
  assert.match(text, /^log loss at 200, median of 8: -\d\.\d\d before, -\d\.\d\d after\n$/);
  assert.deepEqual(new Uint8Array(readFileSync(inFolder("ours.json"))), encodeDistill(ours).bytes);
  const { logLoss } = JSON.parse(await converted(path, "ours.json", ...SMALL, "--json", "--force"));
  assert(logLoss[200].before < 0 && logLoss[200].after < 0);
  await converted(inFolder("ours.json"), "back.safetensors");
  assert.deepEqual(await load(inFolder("back.safetensors")), encodeDistill(ours).rule);
});

test("the ending says what is written: ONNX, a PyTorch module and how it comes by its weights", async () => {
  await converted(path, "ours.onnx");
  await converted(path, "steps.onnx", "--steps", "4", "--layout", "onnx");
  const bytes = ["ours.onnx", "steps.onnx"].map((name) => new Uint8Array(readFileSync(inFolder(name))));
  assert.deepEqual(bytes, [encodeOnnx(ours), encodeOnnx(ours, { steps: 4 })]);
  const said = await converted(path, "ours.py");
  assert.equal(said, `NCA.from_safetensors(${JSON.stringify(path)}) loads the weights.\n`);
  assert.equal(readFileSync(inFolder("ours.py"), "utf8"), pytorchModule(ours));
  const other = await converted(PT, "counted.py", "--layout", "pytorch-module");
  const weights = inFolder("counted.safetensors");
  assert.equal(other, `NCA.from_safetensors(${JSON.stringify(weights)}) loads the weights.\n`);
  assert.deepEqual((await load(weights)).parameters, counted(4, 3).parameters);
});

test("fixed filters go into a state dict, and what folding them cost is told", async () => {
  const args = ["--layout", "pytorch", ...SMALL, "--json"];
  const { logLoss } = JSON.parse(await converted(path, "folded.safetensors", ...args));
  assert(Math.abs(logLoss[200].before - logLoss[200].after) < 0.01);
  assert.equal((await load(inFolder("folded.safetensors"))).spec.perception, "neighbourhood");
});

test("the model itself is never overwritten, by whatever name", async () => {
  const link = inFolder("link.safetensors");
  symlinkSync(path, link);
  const before = readFileSync(path);
  for (const out of [path, link, join(folder, ".", "ours.safetensors")]) {
    const { code, stderr } = await run("convert", "--model", path, "--out", out, "--layout", "pytorch");
    assert.equal(code, 1);
    assert.match(stderr, /--out is the model itself, .*; give another name/);
  }
  assert.deepEqual(readFileSync(path), before);
});

test("no other file is overwritten unasked", async () => {
  const out = inFolder("mine.json");
  writeFileSync(out, "mine");
  const refused = await run("convert", "--model", path, "--out", out);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /mine\.json is there already, and would be lost: give another --out, or --force/,
  );
  assert.equal(readFileSync(out, "utf8"), "mine");
});

test("a rule of ours keeps its notes", async () => {
  await converted(path, "copy.safetensors");
  assert.deepEqual(readFileSync(inFolder("copy.safetensors")), readFileSync(path));
});

test("PyTorch's rules grow, and train on towards straight colours", async () => {
  const state = inFolder("start.safetensors");
  const spec = { perception: "neighbourhood", hidden: 8, aliveMask: "pre", premultiplied: false } as const;
  writeFileSync(state, encodeStateDict(createRule({ ...spec, rngSeed: 1 })));
  for (const model of [PT, state, inFolder("ours.json")]) {
    const grown = await run(
      "grow",
      "--model",
      model,
      "--steps",
      "3",
      "--size",
      "9",
      "--out",
      inFolder("x.png"),
    );
    assert.equal(grown.code, 0, model);
    assert.match(grown.stderr, /Wrote .*x\.png\.\n$/);
  }
  const out = inFolder("trained.safetensors");
  const trained = await run(
    "train",
    "--from",
    state,
    ...SMALL,
    "--batch",
    "2",
    "--pool",
    "4",
    "--steps",
    "2",
    "--out",
    out,
  );
  assert.equal(trained.code, 0, trained.stderr);
  assert.deepEqual((await load(out)).spec, createRule(spec).spec);
});

const BROKEN: [string, string[], RegExp][] = [
  [
    "an ending that is no format's",
    ["--model", path, "--out", "x.pt"],
    /"x\.pt"; expected .*\.onnx or \.json; for PyTorch write --layout pytorch to a \.safetensors/,
  ],
  [
    "a layout that JSON has not",
    ["--model", path, "--out", "x.json", "--layout", "pytorch"],
    /--layout pytorch is of/,
  ],
  [
    "a layout with another's ending",
    ["--model", path, "--out", "x.onnx", "--layout", "distill"],
    /--layout distill is of a \.json file; --out is "x\.onnx"/,
  ],
  [
    "steps where there is no loop",
    ["--model", path, "--out", "x.py", "--steps", "3"],
    /--steps is for \.onnx/,
  ],
  [
    "losses of a file that holds the same numbers",
    ["--model", path, "--out", "x.onnx", "--target", "targets/lizard.png"],
    /--target tells what rounding cost; "x\.onnx" would hold the same/,
  ],
  ["losses without a target", ["--model", path, "--out", "x.json", "--json"], /need --target/],
  ["a picture as a model", ["--model", "targets/lizard.png", "--out", "x.json"], /lizard\.png is no model/],
  ["a rule that is not Distill's", ["--model", PT, "--out", "x.json"], /rule's perception is neighbourhood/],
];
for (const [what, args, message] of BROKEN) {
  test(`${what} gives one clear line, exit code 1 and no file`, async () => {
    const { code, stdout, stderr } = await run("convert", ...args);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert(!existsSync(args[3]));
  });
}
