// What our PyTorch modules are as Python; what they compute is in pytorch-module.full.test.ts, where PyTorch is.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { pytorchModule } from "../../lib/io/torch/module.js";
import { pythonDict, pythonNumber } from "../../lib/io/torch/python.js";
import { createRule } from "../../lib/rule/rule.js";
import { unusualCase } from "../engine/unusual.js";
import { noPython, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "python-"));
after(() => rmSync(folder, { recursive: true }));
const CASES = 60;

test("numbers are the shortest that float32 gives back, a dict is Python's", () => {
  const numbers = [0.1, 1 / 3, -0.125, 1e-45, 3e38, 1e300, -1e300, Math.PI];
  assert.deepEqual(numbers.map(pythonNumber), [
    "0.1",
    "0.33333334",
    "-0.125",
    "1e-45",
    "3e+38",
    'float("inf")',
    'float("-inf")',
    "3.1415927",
  ]);
  const text = pythonDict({ name: 'a"b', yes: true, no: false, list: [0, 2] });
  assert.equal(text, '{\n    "name": "a\\"b",\n    "yes": True,\n    "no": False,\n    "list": [0,2],\n}');
});

test("the text holds what the rule is, nothing of what it is not, and no weights", () => {
  const plain = pytorchModule(createRule({ aliveMask: "none", rngSeed: 1 }));
  assert.doesNotMatch(plain, /alive\(|INPUTS|circular|GRID/);
  assert.equal(plain, pytorchModule(createRule({ aliveMask: "none", rngSeed: 2 })));
  const rule = createRule({
    inputs: [1, 4],
    boundary: "torus",
    aliveChannel: 5,
    aliveThreshold: 0.25,
    angle: 0.5,
  });
  const seeds = [{ dx: 2, dy: 0 }];
  const text = pytorchModule({ ...rule, grid: { height: 40, width: 50, seeds } });
  for (const part of [
    /INPUTS = \[1, 4\]/,
    /mode="circular"/,
    /ALIVE_CHANNEL, ALIVE_THRESHOLD = 5, 0\.25/,
    /# Sobel x \/ 8, turned by 0\.5/,
    /GRID = \{"height":40,"width":50,"seeds":\[\[2,0\]\]\}/,
    /nca\.seed\(1, 40, 50\)/,
  ]) {
    assert.match(text, part);
  }
  const { spec, parameters } = rule;
  const unknown = { ...spec, boundary: "mirror" as "torus" };
  assert.throws(() => pytorchModule({ spec: unknown, parameters }), /Unknown boundary "mirror"/);
});

test("every rule's is Python", { skip: noPython }, () => {
  const paths = Array.from({ length: CASES }, (_, index) => {
    const { rule } = unusualCase(index);
    const path = join(folder, `${index}.py`);
    const seeds = [{ dx: index % 3, dy: 0 }];
    const text = pytorchModule(index % 2 ? rule : { ...rule, grid: { height: 9, width: 9, seeds } });
    const wide = text.split("\n").filter((line) => line.length > 120 && !line.includes("]],  # "));
    assert.deepEqual(wide, []);
    writeFileSync(path, text);
    return path;
  });
  assert.equal(python("compiles.py", ...paths), `${CASES}\n`);
});
