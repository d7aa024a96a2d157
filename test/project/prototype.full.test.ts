// The prototype's cells, pasted into an empty folder that depends on the package alone, run there: as a script that a
// strict compiler accepts, and in a notebook.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
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
import { after, test } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";
import { runCells } from "./kernel.js";

/** What the notebook tells a reader to install for drawing. */
const DRAWING = [
  "@napi-rs/canvas@1",
  "@fontsource/dejavu-sans@5",
  "jsdom@29",
  "plotly.js@npm:plotly.js-cartesian-dist-min@3",
];

const folder = mkdtempSync(join(tmpdir(), "own project é "));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: string[], cwd = folder): string {
  const env = { ...process.env, NCA_QUICK: "1" };
  const done = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  assert.equal(done.status, 0, `${command} ${args.join(" ")}\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** The code cells, with the changes that the notebook tells a reader to make. */
function pastedCells(): string[] {
  const notebook = JSON.parse(readFileSync(join(root, "notebooks/nca_prototype.ipynb"), "utf8"));
  const cells = notebook.cells as { cell_type: string; source: string[] }[];
  const changes = [
    ['"../lib"', '"differentiable-morphogenesis"'],
    ['"../targets/bird.png"', '"mine.png"'],
    ['"../models/my-bird.safetensors"', '"mine.safetensors"'],
  ];
  let code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
  for (const [from, to] of changes) {
    assert.ok(code.join("\n").includes(from), `the notebook has ${from}`);
    code = code.map((cell) => cell.replace(from, to));
  }
  return code;
}

test("the prototype's cells run in a folder of their own", { timeout: 600_000 }, async (t) => {
  const quiet = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
  run(process.execPath, [join(root, "scripts/setup/pack.mjs"), folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  run("npm", ["install", ...quiet, join(folder, tarball), ...DRAWING]);
  copyFileSync(join(root, "targets/bird.png"), join(folder, "mine.png"));
  const cells = pastedCells();

  writeFileSync(join(folder, "mine.ts"), cells.join("\n"));
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
  const strict = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", ...types];
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...strict, "mine.ts"]);
  const said = run(process.execPath, ["mine.js"]);
  assert.match(said, /image\/png, 288 x 288 px[\s\S]*image\/gif, 216 x 216 px/);
  assert.match(said, /log loss after 1,000 steps: -?\d/);
  assert.ok(existsSync(join(folder, "mine.safetensors")));

  await t.test("and in a notebook", { skip: NO_JUPYTER }, () => {
    rmSync(join(folder, "mine.safetensors"));
    process.env.NCA_QUICK = "1";
    const results = runCells(cells, { folder });
    assert.deepEqual(
      results.map(({ status, stderr }) => [status, stderr]),
      cells.map(() => ["ok", ""]),
    );
    assert.ok(existsSync(join(folder, "mine.safetensors")));
  });
});
