// Fields of a rule beyond the usual: the reference engine against TensorFlow.js's specification and against finite
// differences, and what each field means.

import assert from "node:assert/strict";
import test, { before } from "node:test";
import { type Cells, emptyCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { defaultEngine, engineNamed } from "../../lib/engine/engines.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { ready } from "../../lib/tensor/tensorflow.js";
import { randomCells, randomRule } from "./cases.js";
import { bits } from "./compare.js";
import { assertAutodiff, assertSlopes } from "./differences.js";
import { unusualCase } from "./unusual.js";

before(async () => {
  await ready();
});

const reference = new ReferenceEngine();
const CASES = 40;

test("values and gradients equal TensorFlow.js's own step and autodiff, whatever the rule", () => {
  const cases = [...Array(CASES).keys()].map((index) => unusualCase(index));
  const skipped = cases.filter((one, index) => !assertAutodiff(one, index, reference));
  const names = skipped.map(({ name }) => name).join("; ");
  assert.ok(skipped.length <= 0.05 * CASES, `not compared: ${names}`);
});

test("the gradient equals central differences, whatever the rule", () => {
  let compared = 0;
  for (let index = 0; index < CASES; index++) compared += assertSlopes(unusualCase(index), index + 2000);
  assert.ok(compared > CASES, `only ${compared} slopes compared`);
});

/** Every cell of one sample moved down and right, around the edges. */
function turned(cells: Cells, down: number, right: number): Cells {
  const { height, width, channels, data } = cells;
  const moved = emptyCells(1, height, width, channels);
  for (let cell = 0; cell < height * width; cell++) {
    const to = ((Math.floor(cell / width) + down) % height) * width + ((cell + right) % width);
    moved.data.set(data.subarray(cell * channels, (cell + 1) * channels), to * channels);
  }
  return moved;
}

test("on a torus there is no edge: a moved pattern lives as the pattern does, moved", () => {
  const random = new Random(3);
  const size = 8; // as wide as high, so that a column moves by whole columns
  const cells = randomCells(random, 1, size, size, 6);
  const options = { steps: 6, rngSeed: 1 };
  for (const boundary of ["torus", "zero"] as const) {
    const rule = randomRule(new Random(5), { boundary, channels: 6, fireRate: 1, aliveMask: "pre-and-post" });
    const later = reference.growSync(rule, cells, options);
    const moved = reference.growSync(rule, turned(cells, 3, 5), options);
    const same = bits(moved.data).every((word, i) => word === bits(turned(later, 3, 5).data)[i]);
    assert.equal(same, boundary === "torus", boundary);
  }
});

test("inputs are perceived, and neither updates nor death change them", () => {
  const random = new Random(4);
  const cells = randomCells(random, 1, 7, 9, 6);
  const rule = randomRule(new Random(6), { channels: 6, inputs: [0, 5], fireRate: 1, aliveMask: "pre" });
  const options = { steps: 5, rngSeed: 1 };
  const grown = reference.growSync(rule, cells, options).data;
  const input = (data: Float32Array) => data.filter((_, i) => i % 6 === 0 || i % 6 === 5);
  assert.deepEqual(input(grown), input(cells.data));
  const other = { ...cells, data: cells.data.map((x, i) => (i % 6 === 5 ? x + 1 : x)) };
  const hidden = (data: Float32Array) => data.filter((_, i) => i % 6 === 2);
  assert.notDeepEqual(hidden(reference.growSync(rule, other, options).data), hidden(grown));
});

test("an input can say which cells live, each for itself", () => {
  const digit = { inputs: [0], aliveChannel: 0, aliveReach: "cell", aliveThreshold: 0.1 } as const;
  const rule = randomRule(new Random(8), { ...digit, channels: 5, fireRate: 1, aliveMask: "pre-and-post" });
  const cells = emptyCells(1, 5, 5, 5);
  const drawn = [6, 7, 12, 17];
  for (const cell of drawn) cells.data[cell * 5] = 0.9;
  const { data } = reference.growSync(rule, cells, { steps: 4, rngSeed: 2 });
  const moved = [...Array(25).keys()].filter((cell) =>
    data.subarray(cell * 5 + 1, cell * 5 + 5).some((x) => x !== 0),
  );
  assert.deepEqual(moved, drawn);
});

test("the engine where none is given; names of engines", () => {
  assert.equal(defaultEngine().name, process.env.NCA_ENGINE || "wasm");
  assert.throws(() => engineNamed("gpu"), /no engine "gpu"; expected one of wasm, fused, webgpu, reference/);
});

test("an engine that does not support a rule says so", async () => {
  const engine = new WasmEngine(1);
  engine.supports = () => "has no kernels for rules of the 13th" as never;
  const rule = randomRule(new Random(9), { channels: 4 });
  await assert.rejects(engine.grow(rule, emptyCells(1, 4, 4, 4), { steps: 1, rngSeed: 0 }), {
    name: "InvalidInputError",
    message: /engine wasm has no kernels for rules of the 13th/,
  });
});
