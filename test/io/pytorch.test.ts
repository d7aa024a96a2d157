import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type Cells, emptyCells, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { stateAt } from "../../lib/engine/grow.js";
import { load } from "../../lib/io/load.js";
import { decodeModel } from "../../lib/io/model.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { DEFAULT_SPEC } from "../../lib/rule/spec.js";
import { coinsOf } from "./coins.js";
import { counted } from "./counted.js";
import { noPyTorch, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "pytorch-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);
const skip = noPyTorch;

const REFUSED: Record<string, RegExp> = {
  "integers.pt": /model\.0\.weight is of kind LongStorage/,
  "module.pt": /asks for __main__\.CA/,
  "nan.pt": /not finite/,
  "script.pt": /asks for __torch__\.torch\.nn/,
};

test("every way in which PyTorch saves the rule is read, and what is no state dict refused", {
  skip,
}, async () => {
  const written = mkdtempSync(join(folder, "written-"));
  python("pytorch.py", "write", written);
  const names = readdirSync(written);
  assert(names.length >= 19 && Object.keys(REFUSED).every((name) => names.includes(name)));
  for (const name of names) {
    const message = REFUSED[name];
    if (message) await assert.rejects(load(join(written, name)), { name: "FileError", message });
    else assert.deepEqual(await load(join(written, name)), counted(4, 3), name);
  }
});

/** Half of the samples a seed, half of them noise of all magnitudes. */
function someCells(): Cells {
  const cells = emptyCells(2, 14, 11, 16, false); // straight RGB, as the rule has it
  const random = new Random(4);
  const half = cells.data.length / 2;
  cells.data.set(seedCells(1, 14, 11, 16).data);
  for (let i = half; i < 2 * half; i++) cells.data[i] = random.uniform(-0.5, 0.6) * random.integer(0, 2);
  return cells;
}

test("each step is PyTorch's own, under the same fire masks", { skip }, async () => {
  const [steps, rngSeed] = [24, 9];
  const start = someCells();
  const { count, height, width, channels } = start;
  const fire = coinsOf(start, { ...DEFAULT_SPEC, fireRate: 0.5 }, { steps, rngSeed });
  writeFileSync(inFolder("x.f32"), start.data);
  writeFileSync(inFolder("fire.f32"), fire);
  writeFileSync(inFolder("sizes.json"), JSON.stringify([steps, count, height, width, channels, 256]));
  python("pytorch.py", "rollout", folder);
  const states = new Float32Array(new Uint8Array(readFileSync(inFolder("states.f32"))).buffer);
  const rule = await load(inFolder("rule.pt"));
  let cells = start;
  let alive = 0;
  for (let step = 0; step < steps; step++) {
    cells = await stateAt(rule, cells, 1, { rngSeed, firstStep: step });
    const expected = states.subarray(step * cells.data.length, (step + 1) * cells.data.length);
    const worst = cells.data.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
    assert(worst < 1e-5, `step ${step} is off by ${worst}`);
    alive = cells.data.filter((x) => x !== 0).length;
  }
  assert(alive > cells.data.length / 4 && cells.data.every((x) => Math.abs(x) < 100));
});

test("PyTorch loads our state dict by the three lines in models/README.md, and we what it then saves", {
  skip,
}, async () => {
  const rule = counted(5, 7);
  const readme = readFileSync(new URL("../../../models/README.md", import.meta.url), "utf8");
  const snippet = /```python\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  assert(snippet.includes("struct"));
  writeFileSync(inFolder("snippet.py"), snippet);
  writeFileSync(inFolder("state.safetensors"), encodeStateDict(rule));
  python("pytorch.py", "load", folder);
  assert.deepEqual(await load(inFolder("back.pt")), rule);
  assert.deepEqual(decodeModel(readFileSync(inFolder("state.safetensors"))).rule, rule);
});
