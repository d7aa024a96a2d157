// Numbers that make no sense are refused where they come in, by errors of ours that say what was got.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import * as nca from "../../lib/index.js";

const rule = () => nca.createRule({ channels: 4, hidden: 2, rngSeed: 1 });
/** The rule with one weight replaced. */
function spoilt(weight: number): nca.Rule {
  const bad = rule();
  bad.parameters.w1[5] = weight;
  return bad;
}
const seeds = () => nca.seedCells(1, 8, 8, 4);
const target = (value = 0.5, size = 8): nca.Target => ({
  ...nca.emptyCells(1, 8, 8, 4),
  data: new Float32Array(4 * size * size).fill(value),
  height: size,
  width: size,
});
const SHORT = { steps: 1, batch: 2, poolSize: 2, rollout: [1, 2] as [number, number] };
const train = (options: Partial<nca.TrainingOptions>, of = target()) =>
  nca.train(rule(), of, { ...SHORT, ...options });
const folder = mkdtempSync(join(tmpdir(), "nca-absurd-"));
after(() => {
  assert.deepEqual(readdirSync(folder), [], "nothing was written");
  rmSync(folder, { recursive: true });
});
const unwritten = join(folder, "rule.safetensors");
const HUGE = 2 ** 31;
const infection = (chance: number) => nca.withStrain(nca.strainsOf(rule()), rule(), chance);

const REFUSED: [string, () => unknown, RegExp][] = [
  [
    "a weight that is no number",
    () => nca.grow(spoilt(Number.NaN), { steps: 1, size: 8 }),
    /w1 has NaN at 5 of 24/,
  ],
  ["an infinite weight", () => nca.grow(spoilt(-Infinity), { steps: 1, size: 8 }), /w1 has -Infinity at 5/],
  ["training such a rule", () => nca.train(spoilt(Number.NaN), target(), SHORT), /w1 has NaN/],
  ["evaluating it", () => nca.evaluate(spoilt(Number.NaN), target(), { runs: 1 }), /w1 has NaN/],
  ["saving it", () => nca.save(spoilt(Number.NaN), unwritten), /w1 has NaN/],
  ["negative steps", () => nca.grow(rule(), { steps: -1, size: 8 }), /steps is -1/],
  ["half a step", () => nca.grow(rule(), { steps: 1.5, size: 8 }), /steps is 1.5/],
  ["steps that are no number", () => nca.grow(rule(), { steps: Number.NaN, size: 8 }), /steps is NaN/],
  ["a grid of nothing", () => nca.grow(rule(), { steps: 1, size: 0 }), /size is 0/],
  ["a grid larger than any memory", () => nca.grow(rule(), { steps: 1, size: 1e9 }), /size is 1000000000/],
  ["cells whose count overflows", () => nca.seedCells(HUGE, HUGE, HUGE, 16), /\[2147483648, .*cannot be/],
  ["fewer than no samples", () => nca.seedCells(-1, 8, 8, 4), /\[-1, 8, 8, 4\] cannot be/],
  ["samples that are no number", () => nca.emptyCells(Number.NaN, 8, 8, 4), /\[NaN, 8, 8, 4\] cannot be/],
  [
    "cells of another size than they say",
    () => nca.engineNamed("wasm").grow(rule(), { ...seeds(), height: 9 }, { steps: 1, rngSeed: 0 }),
    /hold 256 numbers/,
  ],
  ["a batch larger than the pool", () => train({ batch: 8, poolSize: 4 }), /poolSize is 4.*the batch, 8/],
  ["an empty batch", () => train({ batch: 0 }), /batch is 0/],
  ["a learning rate that is no number", () => train({ learningRate: Number.NaN }), /learningRate is NaN/],
  ["a rollout that ends before it begins", () => train({ rollout: [9, 3] }), /from 9 to 3/],
  ["a target that is no number", () => train({}, target(Number.NaN)), /target has NaN at 0 of 256/],
  [
    "a target of another size than it says",
    () => train({}, { ...target(), height: 9 }),
    /Cells hold 256 numbers/,
  ],
  ["a target of nothing", () => train({}, target(0, 0)), /height is 0|\[\d+, 0, 0, \d+\]/],
  ["a hidden layer beyond all bounds", () => nca.createRule({ hidden: 1e9 }), /hidden is 1000000000/],
  ["too few channels", () => nca.createRule({ channels: 3 }), /channels is 3/],
  ["a fire rate above one", () => nca.createRule({ fireRate: 2 }), /fireRate is 2/],
  ["a seed of more than 32 bits", () => nca.createRule({ rngSeed: 2 ** 40 }), /rngSeed is 1099511627776/],
  ["a chance above one", () => infection(2), /spread is 2/],
  ["a chance that is no number", () => infection(Number.NaN), /spread is NaN/],
  ["infecting no point", () => nca.infectAtRandom(seeds(), 1, 0, new nca.Random(1)), /points is 0/],
  ["evaluating nothing", () => nca.evaluate(rule(), target(), { runs: 0 }), /runs is 0/],
  [
    "a gif larger than any screen",
    () => nca.gif([seeds()], { scale: 1e6 }),
    /8000000 x 8000000 px is too large/,
  ],
  ["a gif without frames", () => nca.gif([]), /at least one frame/],
];

for (const [what, attempt, message] of REFUSED) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(
      async () => attempt(),
      (error: Error) => {
        assert(error instanceof nca.NcaError, `${error.name}: ${error.message}`);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("refuses a file with a weight that is not finite", () => {
  const bytes = nca.encodeRule(rule());
  const numbers = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4);
  numbers.setFloat32(0, Number.POSITIVE_INFINITY, true);
  assert.throws(() => nca.decodeModel(bytes, "x.safetensors"), {
    name: "FileError",
    message: /^x\.safetensors .*w2 has Infinity at 7 of 8/,
  });
});

test("an error's stack holds no frame of a notebook's kernel, and its message whole", () => {
  const error = new nca.InvalidInputError("at node:fs /tslab/ is a message");
  assert.match(error.stack ?? "", /^\w*Error: at node:fs \/tslab\/ is a message\n +at /);
  assert.doesNotMatch(error.stack ?? "", /^ +at .*node:internal/m);
});
