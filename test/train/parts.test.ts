import assert from "node:assert/strict";
import test, { before } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { cellsOf, emptyCells, seedCells } from "../../lib/cells/cells.js";
import { pictureLosses, pictureLossGradient } from "../../lib/cells/picture-loss.js";
import { SamplePool } from "../../lib/cells/pool.js";
import { Random } from "../../lib/cells/random.js";
import { woundCircle, woundHalf, woundHole } from "../../lib/cells/wound.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import { ready } from "../../lib/tensor/tensorflow.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";
import {
  type Damage,
  randomCircle,
  randomHalfPlane,
  randomHole,
  randomSide,
  woundAtRandom,
} from "../../lib/train/damage.js";
import { OBJECTIVES, slopesOf } from "../../lib/train/loss.js";
import { randomCells } from "../engine/cases.js";
import { relativeError } from "../engine/compare.js";

before(async () => {
  await ready();
});

test("Adam moves as TensorFlow.js's does", () => {
  const rule = createRule({ hidden: 8, channels: 4 });
  const variables = PARAMETERS.map((name) => tf.variable(tf.tensor1d(rule.parameters[name])));
  const adam = new Adam(rule);
  const theirs = tf.train.adam(3e-3, 0.9, 0.999, 1e-7);
  const random = new Random(1);
  for (let step = 0; step < 20; step++) {
    const gradient = createRule({ hidden: 8, channels: 4 }).parameters;
    for (const name of PARAMETERS)
      gradient[name] = gradient[name].map(() => random.uniform(0.5, 1) * (random.next() & 1 || -1));
    theirs.applyGradients(
      variables.map(({ name }, i) => ({ name, tensor: tf.tensor1d(gradient[PARAMETERS[i]]) })),
    );
    adam.update(gradient, 3e-3);
  }
  PARAMETERS.forEach((name, i) => {
    assert.ok(relativeError(rule.parameters[name], variables[i].dataSync()) < 1e-3, name);
  });
});

test("a normalised gradient has length one in every tensor, and zero stays zero", () => {
  const gradient = createRule({ hidden: 8, rngSeed: 2 }).parameters;
  normalizeGradient(gradient);
  const length = (values: Float32Array) => Math.hypot(...values);
  assert.ok(Math.abs(length(gradient.w1) - 1) < 1e-6);
  assert.equal(length(gradient.b1), 0);
});

test("the loss and its gradient equal TensorFlow.js's", () => {
  const random = new Random(4);
  const cells = randomCells(random, 3, 7, 5, 6);
  const numbers = Float32Array.from({ length: 7 * 5 * 4 }, () => random.uniform());
  const target = cellsOf(numbers, { height: 7, width: 5 });
  const goal = tf.tensor4d(target.data, [1, 7, 5, 4]);
  const loss = (x: tf.Tensor) => x.slice([0, 0, 0, 0], [-1, -1, -1, 4]).sub(goal).square().mean([1, 2, 3]);
  const x = tf.tensor4d(cells.data, [3, 7, 5, 6]);
  assert.ok(relativeError(pictureLosses(cells, target), loss(x).dataSync()) < 1e-5);
  const gradient = tf.grad((input) => loss(input).mean())(x);
  assert.ok(relativeError(pictureLossGradient(cells, target), gradient.dataSync()) < 1e-5);
  const objectives = {
    mean: (losses: tf.Tensor) => losses,
    root: (losses: tf.Tensor) => losses.sqrt(),
    log: (losses: tf.Tensor) => losses.log(),
  };
  for (const objective of OBJECTIVES) {
    const of = objectives[objective];
    const expected = tf
      .grad((input) => of(loss(input)).mean())(x)
      .dataSync();
    const got = pictureLossGradient(cells, target, slopesOf(objective, pictureLosses(cells, target)));
    assert.ok(relativeError(got, expected) < 1e-4, objective);
  }
  assert.throws(() => pictureLosses(cells, { ...target, height: 5, width: 7 }), /7 x 5, the target 5 x 7/);
});

test("the pool gives back what was put, and seeds where nothing was", () => {
  const seeds = (count: number) => Array.from({ length: count }, () => ({ cells: seedCells(1, 6, 7, 8) }));
  const pool = new SamplePool(seeds(5));
  const batch = randomCells(new Random(8), 2, 6, 7, 8);
  pool.put([3, 1], { cells: batch, contexts: [] });
  const back = pool.take([1, 3, 0]).cells;
  const size = 6 * 7 * 8;
  assert.deepEqual(back.data.subarray(0, size), batch.data.subarray(size));
  assert.deepEqual(back.data.subarray(size, 2 * size), batch.data.subarray(0, size));
  assert.deepEqual(back.data.subarray(2 * size), seedCells(1, 6, 7, 8).data);
  const copy = new SamplePool(seeds(5));
  copy.restore(pool.save());
  assert.deepEqual(copy.take([0, 1, 2, 3, 4]), pool.take([0, 1, 2, 3, 4]));
  assert.throws(() => new SamplePool(seeds(4)).restore(pool.save()), /does not fit/);
});

test("a half is everything beyond its line", () => {
  const full = () => {
    const cells = emptyCells(1, 8, 8, 4);
    cells.data.fill(1);
    return cells;
  };
  const right = full();
  woundHalf(right, 0, { normalX: 1, normalY: 0, distance: 0 });
  right.data.forEach((value, i) => {
    assert.equal(value, (i >> 2) % 8 < 4 ? 1 : 0);
  });
  const random = new Random(4);
  for (let i = 0; i < 100; i++) {
    const cells = full();
    woundHalf(cells, 0, randomHalfPlane(random));
    const left = cells.data.filter((value) => value === 1).length / cells.data.length;
    assert.ok(left > 0.25 && left < 0.75, `${left} is left`);
  }
});

test("a side is cut off along the grid, near the middle, and each is as likely", () => {
  const random = new Random(5);
  const counts = new Map<string, number>();
  for (let i = 0; i < 400; i++) {
    const { normalX, normalY, distance } = randomSide(random);
    assert.equal(Math.abs(normalX) + Math.abs(normalY), 1);
    assert.ok(Math.abs(distance) <= 0.2);
    counts.set(`${normalX},${normalY}`, (counts.get(`${normalX},${normalY}`) ?? 0) + 1);
  }
  assert.equal(counts.size, 4);
  assert.ok([...counts.values()].every((count) => count > 70 && count < 130));
});

test("wounds are circles, or those and halves, or sides, or halves and holes", () => {
  const sizesOf = (damage: Damage) => {
    const random = new Random(6);
    return Array.from({ length: 200 }, () => {
      const cells = emptyCells(1, 16, 16, 4);
      cells.data.fill(1);
      woundAtRandom(cells, 0, damage, random);
      return cells.data.filter((value) => value === 0).length / cells.data.length;
    });
  };
  const largest = Math.PI * 0.4 ** 2 * 0.25 + 0.03;
  assert.ok(sizesOf("circles").every((size) => size < largest));
  for (const damage of ["circles-and-halves", "circles-and-sides"] as const) {
    const large = sizesOf(damage).filter((size) => size > largest).length;
    assert.ok(large > 70 && large < 130, `${large} of 200 are ${damage}`);
  }
  const random = new Random(6);
  const rectangles = Array.from({ length: 200 }, () => {
    const cells = emptyCells(1, 32, 32, 4);
    cells.data.fill(1);
    woundAtRandom(cells, 0, "circles-halves-and-holes", random);
    const hit = [...Array(32 * 32).keys()].filter((cell) => cells.data[4 * cell] === 0);
    const sides = [hit.map((cell) => cell % 32), hit.map((cell) => cell >> 5)].map((places) => {
      const [low, high] = [Math.min(...places), Math.max(...places)];
      return low > 0 && high < 31 ? high - low + 1 : 0; // a half reaches the edge
    });
    return hit.length > 16 && hit.length === sides[0] * sides[1]; // a circle fills its box only when it is tiny
  }).filter(Boolean).length;
  assert.ok(rectangles > 40 && rectangles < 95, `${rectangles} of 200 are holes`);
});

test("a hole is a rectangle about the middle", () => {
  const full = () => ({ ...seedCells(1, 21, 31, 4), data: new Float32Array(21 * 31 * 4).fill(1) });
  const cells = full();
  woundHole(cells, 0, { x: 0, y: 0.5, halfWidth: 0.21, halfHeight: 0.11 });
  const hit = [...cells.data.keys()].filter((i) => i % 4 === 0 && cells.data[i] === 0).map((i) => i >> 2);
  const [columns, rows] = [hit.map((cell) => cell % 31), hit.map((cell) => Math.floor(cell / 31))];
  assert.deepEqual([Math.min(...columns), Math.max(...columns)], [12, 18]);
  assert.deepEqual([Math.min(...rows), Math.max(...rows)], [14, 16]);
  assert.equal(hit.length, 7 * 3);
  const random = new Random(3);
  for (let i = 0; i < 100; i++) {
    const wounded = full();
    woundHole(wounded, 0, randomHole(random));
    const left = wounded.data.filter((value) => value === 1).length / wounded.data.length;
    assert.ok(left > 0.84 && left < 0.99, `${left} is left`);
  }
});

test("a circle empties the cells inside it and no other", () => {
  const cells = { ...seedCells(2, 21, 31, 4), data: new Float32Array(2 * 21 * 31 * 4).fill(1) };
  woundCircle(cells, 1, { x: 0, y: 0, radius: 0.5 });
  const at = (sample: number, y: number, x: number) => cells.data[((sample * 21 + y) * 31 + x) * 4];
  assert.equal(at(1, 10, 15), 0);
  assert.deepEqual([at(1, 10, 8), at(1, 10, 7), at(1, 6, 15), at(1, 5, 15)], [0, 1, 0, 1]);
  assert.equal(at(0, 10, 15), 1, "the other sample is whole");
  const random = new Random(2);
  for (let i = 0; i < 100; i++) {
    const { x, y, radius } = randomCircle(random);
    assert.ok(Math.abs(x) <= 0.5 && Math.abs(y) <= 0.5 && radius >= 0.1 && radius < 0.4);
  }
});
