// The runner executes notebooks for real: a failing one is named and kept, and the same outputs give the same bytes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";

const TIMEOUT = { timeout: 180_000, skip: NO_JUPYTER };
const folder = mkdtempSync(join(tmpdir(), "notebook with space é "));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a notebook of these cells and returns its path. */
function write(name: string, cells: string[]): string {
  const path = join(folder, name);
  const notebook = {
    cells: cells.map((source) => ({
      cell_type: "code",
      source,
      metadata: { execution: { "iopub.execute_input": "2020-01-01T00:00:00Z" } },
      outputs: [],
      execution_count: null,
    })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}

function run(...args: string[]) {
  const script = join(root, "dist/scripts/notebooks.js");
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8", cwd: root });
}

test("two runs of a notebook give the same bytes", TIMEOUT, () => {
  const path = write("steady.ipynb", [
    'import { display } from "tslab";\nconsole.log("a"); console.log("b");',
    'await new Promise((r) => setTimeout(r, 50)); console.error("é"); display.html("<b>bold</b>"); ({ answer: 42 })',
  ]);
  const done = run(path);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  const first = readFileSync(path, "utf8");
  assert.equal(run(path).status, 0);
  assert.equal(readFileSync(path, "utf8"), first);

  const notebook = JSON.parse(first);
  assert.equal(notebook.metadata.kernelspec.name, "tslab");
  assert.deepEqual(notebook.cells[0].metadata, {});
  assert.deepEqual(notebook.cells[0].outputs, [
    { name: "stdout", output_type: "stream", text: ["a\n", "b\n"] },
  ]);
  assert.match(first, /answer: 42/);
  assert.deepEqual(readdirSync(folder), ["steady.ipynb"]);
});

test("the last expression of a cell shows itself", TIMEOUT, () => {
  const path = write("last.ipynb", [
    `import * as nca from ${JSON.stringify(join(root, "lib"))};`,
    "const rule = nca.createRule({ rngSeed: 1 });\nrule",
    "await nca.grow(rule, { steps: 3 })",
    "nca.picture(nca.seedCells(1, 9, 9, 16))",
    "({ answer: 42 })",
  ]);
  const done = run(path);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  const { cells } = JSON.parse(readFileSync(path, "utf8"));
  const [, rule, frames, picture, other] = cells.map((cell: { outputs: object[] }) => cell.outputs[0]);
  assert.match(rule.data["text/plain"][0], /^A rule of 8,336 weights/);
  assert.match(frames.data["text/plain"][0], /^image\/png, /);
  assert.match(picture.data["text/plain"][0], /^image\/png, 36 x 36 px/);
  assert.deepEqual(other.text, ["{ answer: 42 }\n"]);
});

test("a notebook that throws fails, names the cell, and keeps the file", TIMEOUT, () => {
  const path = write("throws.ipynb", ["const fine = 1;", 'throw new Error("out of cells");', "fine + 1"]);
  const before = readFileSync(path, "utf8");
  for (const flags of [["--quick"], []]) {
    const done = run(...flags, path);
    assert.equal(done.status, 1);
    assert.match(done.stdout, /cell {2}2 of 3/);
    assert.match(done.stdout, /throw new Error\("out of cells"\)[\s\S]*failed:[\s\S]*Error: out of cells/);
    assert.doesNotMatch(done.stdout + done.stderr, /Traceback|nbclient/);
    assert.equal(readFileSync(path, "utf8"), before);
  }
});

test("a cell that does not compile fails", TIMEOUT, () => {
  const done = run("--quick", write("types.ipynb", ['const n: number = "one";']));
  assert.equal(done.status, 1);
  assert.match(done.stdout, /not assignable to type 'number'/);
});

test("a cell that takes too long fails", TIMEOUT, () => {
  const path = write("slow.ipynb", ["await new Promise((r) => setTimeout(r, 60_000));"]);
  const done = run("--quick", "--timeout", "2", path);
  assert.equal(done.status, 1);
  assert.match(done.stdout, /did not end within 2 s/);
});

test("a quick run says so to the notebook, finds the project and changes nothing in it", TIMEOUT, () => {
  const path = write("quick.ipynb", [
    'import * as fs from "fs";',
    'if (process.env.NCA_QUICK !== "1") throw new Error("not quick");',
    'import * as nca from "../lib";\nconst rule: nca.Rule = nca.createRule({ rngSeed: 1 });',
    'fs.accessSync("../targets/bird.png"); fs.accessSync("../dist/scripts/notebooks.js");',
    'fs.writeFileSync("scribble.txt", "x"); fs.mkdirSync("../models", { recursive: true });',
    'fs.writeFileSync("../models/scribble.txt", "x");',
  ]);
  const before = readFileSync(path, "utf8");
  const done = run("--quick", path);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  assert.equal(readFileSync(path, "utf8"), before);
  const written = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    /scribble/.test(name),
  );
  assert.deepEqual(written, []);
});

test("a missing notebook is named", { timeout: 180_000 }, () => {
  const done = run("no-such.ipynb");
  assert.equal(done.status, 1);
  assert.match(done.stderr, /no notebook at no-such\.ipynb/);
});
