// The contract of `npm run bench -- --json`, on the smallest selection. Says nothing of how fast anything is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { canFuse } from "../../lib/engine/wasm/fused.js";

const script = fileURLToPath(new URL("../../bench/bench.js", import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

const fuses = canFuse();
const skip = fuses === true ? false : `fused ${fuses}`;

test("bench --json prints one document with our engines' time, memory and share of the peak", {
  skip,
}, () => {
  const { status, stdout, stderr } = bench("--only", "single,wasm,fused", "--rounds", "1", "--json");
  assert.equal(status, 0, stderr);
  const { machine, results, curves, peakGflops } = JSON.parse(stdout);
  assert.ok(machine.cores >= 1 && machine.cpu && machine.node && machine.v8);
  assert.ok(peakGflops > 0);
  assert.deepEqual(curves, []);
  assert.deepEqual(
    results.map(({ workload, mode, impl }: Record<string, unknown>) => [workload, mode, impl]),
    [
      ["single", "train", "wasm"],
      ["single", "train", "fused"],
      ["single", "infer", "wasm"],
      ["single", "infer", "fused"],
    ],
  );
  for (const result of results) {
    assert.ok(result.threads >= 1);
    for (const figure of [
      "secondsPerStep",
      "cellStepsPerSecond",
      "peakRssMb",
      "activeCells",
      "gflops",
      "shareOfPeak",
    ])
      assert.ok(result[figure] > 0, `${figure} is ${result[figure]}`);
  }
});

test("a report that is kept needs enough turns for a median", () => {
  const { status, stdout, stderr } = bench("--write", "--rounds", "2");
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^bench: --write .*--rounds is 2, expected 3 or more\..*\n$/);
});

test("an unknown name gives one clear line that lists the known ones", () => {
  const { status, stdout, stderr } = bench("--only", "papre");
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^bench: --only names "papre"; expected some of paper, .*wasm.*\n$/);
});
