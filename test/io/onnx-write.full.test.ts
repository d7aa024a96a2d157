// Our ONNX models, run by ONNX Runtime, compute what our engines compute; ONNX's own checker takes them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { RGBA, seedCells } from "../../lib/cells/cells.js";
import { stateAt } from "../../lib/engine/grow.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { encodeOnnx } from "../../lib/io/onnx/write.js";
import { logLoss } from "../../lib/train/loss.js";
import { unusualCase } from "../engine/unusual.js";
import { channelsFirst, coinsOf, worstDifference } from "./coins.js";
import { noOnnxRuntime, onnxModel } from "./onnx-runtime.js";
import { noOnnx, python } from "./python.js";
import { KEPT_STEPS, learned, lizard, STATES, STEPPED } from "./stepped.js";

const skip = noOnnxRuntime;
const folder = mkdtempSync(join(tmpdir(), "onnx-"));
after(() => rmSync(folder, { recursive: true }));
const CASES = 60;

for (const [what, rule] of STEPPED) {
  test(`each of ${STATES} steps of a growth is ONNX Runtime's within 1e-5: ${what}`, { skip }, async () => {
    const next = await onnxModel(encodeOnnx(rule));
    const rngSeed = 5;
    let cells = seedCells(1, 72, 72, rule.spec.channels);
    for (let step = 0; step < STATES; step++) {
      const coins = coinsOf(cells, rule.spec, { steps: 1, rngSeed, firstStep: step });
      const theirs = await next(cells, coins);
      cells = await stateAt(rule, cells, 1, { rngSeed, firstStep: step });
      const worst = worstDifference(cells, theirs);
      assert(worst < 1e-5, `step ${step} is off by ${worst}`);
    }
    assert(cells.data.filter((x) => x !== 0).length > 2000, "it has grown");
  });

  test(`${KEPT_STEPS} steps at once are within 1e-4 over RGBA: ${what}`, { skip }, async () => {
    const [steps, rngSeed] = [KEPT_STEPS, 6];
    const seeds = seedCells(2, 72, 72, rule.spec.channels);
    const run = await onnxModel(encodeOnnx(rule, { steps }));
    const theirs = await run(seeds, coinsOf(seeds, rule.spec, { steps, rngSeed }), steps);
    const worst = worstDifference(await stateAt(rule, seeds, steps, { rngSeed }), theirs, RGBA);
    assert(worst < 1e-4, `off by ${worst}`);
  });
}

test("every kind of rule is computed: any perception, mask, boundary, inputs, what makes a cell alive", {
  skip,
}, async () => {
  const reference = new ReferenceEngine();
  for (let index = 0; index < CASES; index++) {
    const { rule, cells, steps, rngSeed, name } = unusualCase(index);
    const run = await onnxModel(encodeOnnx(rule, { steps }));
    const theirs = await run(cells, coinsOf(cells, rule.spec, { steps, rngSeed }), steps);
    const ours = reference.growSync(rule, cells, { steps, rngSeed });
    const scale = Math.max(1, ...ours.data.map(Math.abs));
    const worst = worstDifference(ours, theirs) / scale;
    assert(worst < 1e-5, `${name} is off by ${worst} of the largest number`);
  }
});

test("the JavaScript in models/README.md grows the lizard", { skip }, async () => {
  const readme = readFileSync(join(root, "models/README.md"), "utf8");
  const snippet = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const tell =
    "process.stdout.write(JSON.stringify({ dims: state.dims, data: [...state.data] }), () => process.exit());";
  symlinkSync(join(root, "test/tools/node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "lizard.onnx"), encodeOnnx(lizard));
  writeFileSync(join(folder, "snippet.mjs"), `${snippet}\n${tell}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["snippet.mjs"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, stderr);
  const { dims, data } = JSON.parse(stdout);
  assert.deepEqual(dims, [1, 16, 72, 72]);
  const target = channelsFirst(await loadTarget("targets/lizard.png"));
  const loss = target.reduce((sum, x, i) => sum + (x - data[i]) ** 2, 0) / target.length;
  assert(logLoss(loss) < -3, `a log loss of ${logLoss(loss)}`);
});

test("ONNX's checker takes them, with shapes inferred", { skip: noOnnx }, () => {
  const rules = [lizard, learned, ...Array.from({ length: CASES }, (_, index) => unusualCase(index).rule)];
  const paths = rules.flatMap((rule, i) =>
    [undefined, 3].map((steps) => {
      const path = join(folder, `${i}-${steps}.onnx`);
      writeFileSync(path, encodeOnnx(rule, { steps }));
      return path;
    }),
  );
  const lines = python("onnx_check.py", ...paths)
    .trimEnd()
    .split("\n");
  assert.equal(lines.length, paths.length);
  assert(lines.every((line) => /^\['N', \d+, 'H', 'W'\]$/.test(line)));
});
