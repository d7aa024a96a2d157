// The PyTorch modules that we write compute what our engines compute, step by step, under the same coins.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type Cells, RGBA, seedCells, stackCells } from "../../lib/cells/cells.js";
import { stateAt } from "../../lib/engine/grow.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { decodeModel } from "../../lib/io/model.js";
import { pytorchModule } from "../../lib/io/torch/module.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { createRule, type Rule } from "../../lib/rule/rule.js";
import { seedFor } from "../../lib/rule/seeds.js";
import { logLoss } from "../../lib/train/loss.js";
import { unusualCase } from "../engine/unusual.js";
import { channelsFirst, coinsOf, worstDifference } from "./coins.js";
import { noPyTorch, python } from "./python.js";
import { KEPT_STEPS, lizard, STATES, STEPPED } from "./stepped.js";

const skip = noPyTorch;
const folder = mkdtempSync(join(tmpdir(), "module-"));
after(() => rmSync(folder, { recursive: true }));
const CASES = 40;

interface Run {
  readonly name: string;
  readonly rule: Rule;
  readonly cells: Cells;
  /** [steps, N, 1, H, W] */
  readonly coins: Float32Array;
  readonly steps: number;
}

/** What PyTorch makes of all of them, [N, C, H, W] each, and the weights that it then writes. */
function inPyTorch(runs: readonly Run[]): { next: Float32Array; seed: Float32Array; again: Rule }[] {
  const all = mkdtempSync(join(folder, "runs-"));
  const places = runs.map((_, i) => join(all, `${i}`.padStart(4, "0")));
  runs.forEach(({ rule, cells, coins, steps }, i) => {
    const { count, channels, height, width } = cells;
    mkdirSync(places[i]);
    writeFileSync(join(places[i], "rule.py"), pytorchModule(rule));
    writeFileSync(join(places[i], "rule.safetensors"), encodeRule(rule));
    writeFileSync(join(places[i], "x.f32"), channelsFirst(cells));
    writeFileSync(join(places[i], "coins.f32"), coins);
    writeFileSync(join(places[i], "sizes.json"), JSON.stringify([count, channels, height, width, steps]));
  });
  python("pytorch_module.py", "steps", all);
  const floats = (path: string) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);
  return places.map((place) => ({
    next: floats(join(place, "next.f32")),
    seed: floats(join(place, "seed.f32")),
    again: decodeModel(readFileSync(join(place, "again.safetensors"))).rule,
  }));
}

for (const [what, rule] of STEPPED) {
  test(`each of ${STATES} steps of a growth is PyTorch's within 1e-5, and ${KEPT_STEPS} at once within 1e-4: ${what}`, {
    skip,
  }, async () => {
    const [rngSeed, steps] = [5, KEPT_STEPS];
    const seeds = seedCells(1, 72, 72, rule.spec.channels);
    const states = [seeds];
    for (let step = 0; step < STATES; step++) {
      states.push(await stateAt(rule, states[step], 1, { rngSeed, firstStep: step }));
    }
    const each = { cells: stackCells(states.slice(0, STATES)), steps: 1 };
    const tossed = { rngSeed, steps: STATES };
    const [one, many] = inPyTorch([
      { name: "each", rule, ...each, coins: coinsOf(seeds, rule.spec, tossed) }, // a sample's step for each of them
      { name: "all", rule, cells: seeds, steps, coins: coinsOf(seeds, rule.spec, { rngSeed, steps }) },
    ]);
    const worst = worstDifference(stackCells(states.slice(1)), one.next);
    assert(worst < 1e-5, `a step is off by ${worst}`);
    const all = worstDifference(states[steps], many.next, RGBA);
    assert(all < 1e-4, `all are off by ${all}`);
    assert.deepEqual(one.again, rule);
  });
}

test("every kind of rule is computed: any perception, mask, boundary, inputs, what makes a cell alive", {
  skip,
}, () => {
  const reference = new ReferenceEngine();
  const cases = Array.from({ length: CASES }, (_, index) => unusualCase(index));
  const runs = cases.map((one) => ({ ...one, coins: coinsOf(one.cells, one.rule.spec, one) }));
  inPyTorch(runs).forEach(({ next, again }, i) => {
    const { rule, cells, steps, rngSeed, name } = cases[i];
    const ours = reference.growSync(rule, cells, { steps, rngSeed });
    const scale = Math.max(1, ...ours.data.map(Math.abs));
    const worst = worstDifference(ours, next) / scale;
    assert(worst < 1e-5, `${name} is off by ${worst} of the largest number`);
    assert.deepEqual(again, rule);
  });
});

test("its seeds are the rule's, wherever they are", { skip }, () => {
  const seeds = [
    { dx: 3, dy: -2 },
    { dx: -4, dy: 5 },
    { dx: 0, dy: 1 },
    { dx: 1, dy: 1 },
  ];
  const rules = [4, 5, 7].flatMap((channels) => {
    const rule = createRule({ channels, hidden: 2, perception: "laplacian" });
    return [rule, { ...rule, grid: { height: 12, width: 13, seeds } }];
  });
  const runs = rules.map((rule) => {
    const cells = seedFor(rule, { height: 12, width: 13, count: 2 });
    return { name: "", rule, cells, steps: 1, coins: new Float32Array(2 * 12 * 13) };
  });
  inPyTorch(runs).forEach(({ seed, again }, i) => {
    assert.deepEqual(seed, channelsFirst(runs[i].cells));
    assert.deepEqual(again, rules[i]);
  });
});

test("a module tosses its own coins, starts as a rule that changes nothing, trains, and refuses other rules' weights", {
  skip,
}, () => {
  const rule = createRule({ channels: 5, hidden: 3, fireRate: 0.3 });
  writeFileSync(join(folder, "rule.py"), pytorchModule(rule));
  writeFileSync(join(folder, "other.safetensors"), encodeRule(createRule({ channels: 5, hidden: 3 })));
  writeFileSync(join(folder, "state.safetensors"), encodeStateDict(rule));
  const said = JSON.parse(python("pytorch_module.py", "train", folder));
  const { untouched, seed, fired, trains, refused, names } = said;
  assert.deepEqual([untouched, trains], [true, true]);
  assert.deepEqual(new Float32Array(seed), channelsFirst(seedCells(2, 7, 6, 5)));
  assert(Math.abs(fired - 0.3) < 0.02, `${fired} of the cells fired`);
  assert.deepEqual(names, ["hidden.weight", "hidden.bias", "update.weight", "update.bias"]);
  assert.match(
    refused[0],
    /other\.safetensors is of another rule: it says .*"fireRate":0\.5.*expected .*0\.3/,
  );
  assert.match(refused[1], /state\.safetensors is of another rule/);
});

test("the Python in models/README.md grows the lizard", { skip }, async () => {
  const readme = readFileSync("models/README.md", "utf8");
  const snippets = [...readme.matchAll(/```python\n([\s\S]*?)```/g)].map(([, code]) => code);
  writeFileSync(join(folder, "snippet.py"), snippets.find((code) => code.includes("NCA")) ?? "");
  writeFileSync(join(folder, "lizard.py"), pytorchModule(lizard));
  const rgba: number[] = JSON.parse(python("pytorch_module.py", "snippet", folder));
  const target = channelsFirst(await loadTarget("targets/lizard.png"));
  assert.equal(rgba.length, target.length);
  const loss = target.reduce((sum, x, i) => sum + (x - rgba[i]) ** 2, 0) / target.length;
  assert(logLoss(loss) < -3, `a log loss of ${logLoss(loss)}`);
});
