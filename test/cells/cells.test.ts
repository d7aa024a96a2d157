// One type of grid: what it refuses, and that straight and premultiplied colours never mix silently.

import assert from "node:assert/strict";
import test from "node:test";
import { cellsOf, copyCells, emptyCells, sampleOf, seedCells, stackCells } from "../../lib/cells/cells.js";
import { pictureLosses } from "../../lib/cells/picture-loss.js";
import { SamplePool } from "../../lib/cells/pool.js";
import { Random } from "../../lib/cells/random.js";
import { batchOf } from "../../lib/cells/sample.js";
import { applyWound } from "../../lib/cells/wound.js";
import { grow } from "../../lib/engine/grow.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { infectAtRandom, matureCells } from "../../lib/infection/infect.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { createRule } from "../../lib/rule/rule.js";
import { DEFAULT_SPEC } from "../../lib/rule/spec.js";
import { cutFiveWays } from "../../lib/train/evaluate.js";
import { anyMature } from "../../lib/train/growth.js";
import { train } from "../../lib/train/training.js";
import { toRgba } from "../../lib/view/frame.js";
import { tintedByStrain } from "../../lib/view/strains.js";

const refuses = (work: () => unknown, message: RegExp) =>
  assert.throws(work, { name: "InvalidInputError", message });

test("numbers become a grid when there are as many as its sizes say", () => {
  const { count, channels, premultiplied } = cellsOf(new Float32Array(24), { height: 2, width: 3 });
  assert.deepEqual([count, channels, premultiplied], [1, 4, true]);
  refuses(() => cellsOf(new Float32Array(23), { height: 2, width: 3 }), /hold 23 numbers; .*needs 24/);
  refuses(() => cellsOf(new Float32Array(24), { height: 2.5, width: 3 }), /height is 2.5/);
});

test("a sample that a batch has not is named", () => {
  const one = seedCells(1, 4, 4, 4);
  refuses(() => sampleOf(one, 5), /sample is 5; a batch of 1 has samples 0 to 0/);
  refuses(() => sampleOf(one, -1), /sample is -1/);
});

test("a copy shares nothing with its original", () => {
  const cells = { ...seedCells(1, 4, 4, 4), strains: new Uint8Array(16) };
  const copy = copyCells(cells);
  copy.data.fill(3);
  copy.strains!.fill(3);
  assert.ok(Math.max(...cells.data) === 1 && Math.max(...cells.strains) === 0);
});

test("a pool takes one grid a sample, all alike, and names what it has not", () => {
  const sample = { cells: seedCells(1, 8, 8, 8) };
  refuses(() => new SamplePool([{ cells: seedCells(2, 8, 8, 8) }]), /sample of 2 grids; expected one/);
  refuses(() => new SamplePool([]), /at least one sample/);
  refuses(() => new SamplePool([sample, { cells: seedCells(1, 8, 9, 8) }]), /samples are alike/);
  const pool = new SamplePool([sample, sample]);
  refuses(() => pool.take([2]), /no sample 2 in a pool of 2/);
  refuses(() => pool.put([0], { cells: seedCells(2, 8, 8, 8), contexts: [] }), /batch of 2 for 1 samples/);
});

test("a cell whose alpha is the threshold as float32 is dead to the engine, and not mature to anyone", () => {
  const cells = emptyCells(1, 3, 3, 16);
  cells.data[4 * 16 + 3] = 0.1;
  assert.deepEqual(matureCells(cells), []);
  assert.ok(infectAtRandom(cells, 1, 1, new Random(1)).strains!.every((strain) => strain === 0));
  const grown = new WasmEngine(1).growSync(createRule(), cells, { steps: 1, rngSeed: 0 });
  assert.ok(grown.data.every((value) => value === 0));
  cells.data[4 * 16 + 3] = 0.100001;
  assert.deepEqual(matureCells(cells), [4]);
});

test("a growth from cells has their size, and says so when it is asked for another", async () => {
  const rule = createRule({ channels: 4, hidden: 4 });
  const from = seedCells(1, 9, 11, 4);
  const frames = await grow(rule, { from, steps: 2 });
  assert.deepEqual(
    frames.map(({ height, width }) => [height, width]),
    [
      [9, 11],
      [9, 11],
      [9, 11],
    ],
  );
  await assert.rejects(grow(rule, { from, steps: 2, size: 40 }), /size is 40 and the cells .* are 9 x 11/);
});

test("straight and premultiplied colours do not mix", async () => {
  const straight = createRule({ channels: 4, hidden: 4, premultiplied: false });
  const target = await loadTarget("targets/lizard.png", { size: 8, padding: 2 });
  await assert.rejects(train(straight, target, { steps: 1 }), /RGB is straight, the target's premultiplied/);
  refuses(
    () => pictureLosses(emptyCells(1, 12, 12, 4, false), target),
    /load the target with premultiplied: false/,
  );
  const seed = seedCells(1, 12, 12, 4);
  const options = { steps: 1, rngSeed: 0 };
  refuses(
    () => new WasmEngine(1).growSync(straight, seed, options),
    /make them with the rule's premultiplied/,
  );
  const [last] = (await grow(straight, { steps: 1, size: 5 })).slice(-1);
  assert.equal(last.premultiplied, false, "grown cells say how their RGB is meant");
  const half = cellsOf(Float32Array.of(0.5, 0, 0, 0.5), { height: 1, width: 1, premultiplied: false });
  assert.deepEqual([...toRgba(half).data], [191, 128, 128, 255], "and are drawn so");
  assert.equal(stackCells([half, half]).premultiplied, false);
});

test("what is put together is alike", () => {
  const [small, large] = [seedCells(1, 4, 4, 8), seedCells(1, 8, 8, 8)];
  refuses(() => stackCells([]), /nothing to stack/);
  refuses(() => stackCells([large, small]), /A sample of \[1, 4, 4, 8\].* in a stack of \[1, 8, 8, 8\]/);
  refuses(() => stackCells([small, seedCells(2, 4, 4, 8)]), /\[2, 4, 4, 8\]/);
  refuses(() => stackCells([small, seedCells(1, 4, 4, 8, { premultiplied: false })]), /RGB straight/);
  const context = Float32Array.of(1);
  refuses(() => batchOf([{ cells: small, context }, { cells: small }]), /Some samples have a context/);
  refuses(() => pictureLosses(small, small), /1 grid\(s\) of 8 channels; expected one of RGBA/);
});

test("a wound takes no input", () => {
  const cells = emptyCells(1, 6, 6, 5);
  cells.data.fill(1);
  applyWound(cells, 0, { kind: "half", normalX: 1, normalY: 0, distance: -2 }, [4]);
  assert.ok(cells.data.every((value, i) => value === (i % 5 === 4 ? 1 : 0)));
  const whole = { ...cells, data: cells.data.map(() => 1) };
  assert.equal(
    cutFiveWays(whole, [4])
      .data.filter((_, i) => i % 5 === 4)
      .includes(0),
    false,
  );
});

test("the tint and the safeguard take the same cells for mature as the engine", () => {
  const cells = { ...emptyCells(1, 1, 1, 4), strains: Uint8Array.of(1) };
  cells.data[3] = 0.1;
  assert.deepEqual(tintedByStrain(cells), toRgba(cells));
  assert.equal(anyMature(cells, DEFAULT_SPEC), false);
  cells.data[3] = 0.100001;
  assert.notDeepEqual(tintedByStrain(cells), toRgba(cells));
  assert.equal(anyMature(cells, DEFAULT_SPEC), true);
});
