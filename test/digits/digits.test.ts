// Cells that find out which digit they are part of, on digits that are drawn here: bars that lie, and bars that stand.

import assert from "node:assert/strict";
import test from "node:test";
import { ALPHA } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { batchOf } from "../../lib/cells/sample.js";
import { agreementOf } from "../../lib/digits/agreement.js";
import {
  beliefsOf,
  cellsOfDigits,
  colouredByBelief,
  DIGIT_SIDE,
  DIGIT_SPEC,
  type Digit,
  FIRST_LABEL,
  LABEL_COLOURS,
  readDigits,
} from "../../lib/digits/digit.js";
import { drawDigit } from "../../lib/digits/draw.js";
import { digitsTask } from "../../lib/digits/task.js";
import { engineNamed } from "../../lib/engine/engines.js";
import { createRule, parameterCount } from "../../lib/rule/rule.js";
import { Trainer } from "../../lib/train/trainer.js";
import { train } from "../../lib/train/training.js";
import { decodeTraining, encodeTraining } from "../../lib/train/training-state.js";

const LENGTH = 7;

/** A bar of one cell's width: a 0 lies, a 1 stands. */
function bar(label: number, row: number, column: number): Digit {
  const ink = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let i = 0; i < LENGTH; i++) {
    const [y, x] = label === 0 ? [row, column + i] : [row + i, column];
    ink[y * DIGIT_SIDE + x] = 255;
  }
  return { ink, label };
}

const random = new Random(1);
const place = () => random.integer(0, DIGIT_SIDE - LENGTH);
const bars = Array.from({ length: 60 }, (_, i) => bar(i % 2, place(), place()));

test("the gradient is that of the losses, for cells with ink alone", async () => {
  const task = digitsTask(bars);
  const batch = batchOf(
    bars
      .slice(0, 3)
      .map((digit) => ({ cells: cellsOfDigits([digit]), context: Float32Array.of(digit.label) })),
  );
  const { data, channels } = batch.cells;
  for (let i = 0; i < data.length; i++) if (i % channels !== ALPHA) data[i] = random.uniform(-1, 1);
  const slopes = Float64Array.of(1, 0.5, 2);
  const gradient = task.gradient(batch, slopes);
  const loss = () => task.losses(batch).reduce((sum, one, i) => sum + (slopes[i] * one) / 3, 0);
  const inked = Array.from({ length: data.length }, (_, i) => i).filter(
    (i) => data[i - (i % channels) + ALPHA] > 0.1 && i % channels !== ALPHA,
  );
  for (const i of inked) {
    const value = data[i];
    const at = (to: number) => {
      data[i] = to;
      return loss();
    };
    const slope = (at(value + 1e-2) - at(value - 1e-2)) / 2e-2;
    data[i] = value;
    assert.ok(Math.abs(slope - gradient[i]) < 1e-5, `${i}: ${slope}, ${gradient[i]}`);
  }
  assert.equal(gradient.filter((slope) => slope !== 0).length, 3 * LENGTH * 13);
});

test("a changed sample has another digit's ink, and cells that overlap go on believing", () => {
  const task = digitsTask([bar(1, 4, 10)]);
  const cells = cellsOfDigits([bar(0, 4, 8)]);
  const { data, channels } = cells;
  for (let at = 0; at < data.length; at += channels) if (data[at + ALPHA] > 0) data[at + FIRST_LABEL] = 1;
  const changes = Array.from({ length: 20 }, (_, key) =>
    task.change!({ cells, context: Float32Array.of(0) }, new Random(key)),
  );
  const redrawn = changes.filter(({ context }) => context![0] === 1);
  assert.ok(redrawn.length > 4 && redrawn.length < 16, `${redrawn.length} of 20`);
  for (const { cells: next } of redrawn) {
    const at = (row: number, column: number) => (row * DIGIT_SIDE + column) * channels;
    assert.equal(next.data[at(4, 8) + ALPHA], 0);
    assert.equal(next.data[at(4, 8) + FIRST_LABEL], 0, "no ink, no belief");
    assert.ok(Math.abs(next.data[at(4, 10) + FIRST_LABEL] - 1) <= 0.05, "both have ink there");
    assert.equal(next.data[at(6, 10) + ALPHA], 1);
  }
  assert.ok(
    changes.every(({ cells: next }) => next.data !== data),
    "the sample itself stays",
  );
});

test("cells learn from their neighbours which bar they are part of, and to see that it was changed", async () => {
  const engine = engineNamed("wasm");
  const rule = createRule({ ...DIGIT_SPEC, hidden: 32, rngSeed: 2 });
  await train(rule, digitsTask(bars), {
    engine,
    regime: "regenerating",
    steps: 220,
    batch: 6,
    poolSize: 48,
    fresh: 2,
    damaged: 2,
    replaced: "any",
    rollout: [14, 18],
    learningRate: 4e-3,
    decay: [[160, 0.3]],
    rngSeed: 3,
  });
  const fresh = Array.from({ length: 40 }, (_, i) => bar(i % 2, place(), place()));
  const { accuracy, majority, agreement, allRight } = await agreementOf(rule, fresh, { engine });
  assert.ok(accuracy[20] > 0.95 && majority[20] > 0.95, JSON.stringify({ accuracy, majority }));
  assert.ok(agreement[20] > 0.8, JSON.stringify(agreement));
  assert.ok(allRight[20] > 0.8 && allRight[20] <= agreement[20], JSON.stringify(allRight));
  assert.ok(accuracy[200] > 0.9, JSON.stringify(accuracy));

  // crosses: one bar settles, then the other is drawn in its place
  const redrawn = Array.from(
    { length: 20 },
    (_, i) => [bar(i % 2, 12, 10), bar(1 - (i % 2), 12, 10)] as const,
  );
  const before = await engine.grow(rule, cellsOfDigits(redrawn.map(([one]) => one)), {
    steps: 40,
    rngSeed: 5,
  });
  redrawn.forEach(([, { ink }], i) => {
    ink.forEach((value, cell) => {
      const at = (i * ink.length + cell) * before.channels;
      before.data[at + ALPHA] = value / 255;
      if (value === 0) before.data.fill(0, at, at + before.channels);
    });
  });
  const later = beliefsOf(await engine.grow(rule, before, { steps: 60, rngSeed: 6, firstStep: 40 }));
  const right = redrawn.filter(([, { label }], i) => {
    const beliefs = later
      .subarray(i * DIGIT_SIDE ** 2, (i + 1) * DIGIT_SIDE ** 2)
      .filter((belief) => belief >= 0);
    return beliefs.filter((belief) => belief === label).length > beliefs.length / 2;
  });
  assert.ok(right.length >= 18, `${right.length} of 20 changed their minds`);
});

test("what cells believe; the parameters that the rule may have", () => {
  const cells = cellsOfDigits([bar(0, 3, 3)]);
  const at = (3 * DIGIT_SIDE + 5) * cells.channels;
  cells.data[at + FIRST_LABEL + 7] = 0.5;
  const beliefs = beliefsOf(cells);
  assert.deepEqual([beliefs[3 * DIGIT_SIDE + 5], beliefs[3 * DIGIT_SIDE + 3], beliefs[0]], [7, -1, -1]);
  const shown = colouredByBelief(cells).data.subarray(at, at + 3);
  assert.deepEqual(shown, Float32Array.from(LABEL_COLOURS[7]));
  assert.equal(colouredByBelief(cells).data[0], 0);
  assert.ok(parameterCount(createRule(DIGIT_SPEC).spec) < 25_000);
});

test("a training changes the samples that it would wound, and resumes to the same bytes", async () => {
  const task = digitsTask(bars.slice(0, 8));
  const options = {
    engine: engineNamed("wasm"),
    regime: "regenerating",
    steps: 8,
    batch: 4,
    poolSize: 8,
    damaged: 2,
    rollout: [3, 4],
    rngSeed: 1,
  } as const;
  const start = () => createRule({ ...DIGIT_SPEC, hidden: 8, rngSeed: 2 });
  let changes = 0;
  const counting = {
    ...task,
    change: (...args: Parameters<NonNullable<typeof task.change>>) => {
      changes++;
      return task.change!(...args);
    },
  };
  const whole = start();
  await train(whole, counting, options);
  assert.equal(changes, 8 * 2);
  const half = new Trainer(start(), task, options);
  for (let i = 0; i < 4; i++) await half.next();
  const state = await encodeTraining(half);
  const rest = await decodeTraining(state, start(), task, options);
  while (rest.step < 8) await rest.next();
  assert.deepEqual((await rest.result()).parameters, whole.parameters);
});

/** An idx file. */
function idx(kind: number, sizes: readonly number[], bytes: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * sizes.length + bytes.length);
  const view = new DataView(file.buffer);
  [kind, ...sizes].forEach((value, i) => {
    view.setUint32(4 * i, value);
  });
  file.set(bytes, 4 + 4 * sizes.length);
  return file;
}

test("MNIST's files are read, and others refused", () => {
  const two = [bar(1, 2, 2), bar(0, 5, 5)];
  const images = idx(2051, [2, 28, 28], Uint8Array.from(two.flatMap(({ ink }) => [...ink])));
  const labels = idx(2049, [2], Uint8Array.of(1, 0));
  assert.deepEqual(readDigits(images, labels), two);
  assert.throws(() => readDigits(labels, labels), /no images of MNIST; expected an idx3 file/);
  assert.throws(() => readDigits(images.subarray(0, 90), labels), /no images of MNIST/);
  assert.throws(() => readDigits(images, idx(2049, [1], Uint8Array.of(1))), /2 images and 1 labels/);
  assert.throws(() => digitsTask([]), /no digits; expected one or more/);
  assert.throws(
    () => readDigits(images, idx(2049, [2], Uint8Array.of(1, 12))),
    /label is 12; expected .* 0 to 9/,
  );
  const drawn = drawDigit(3, new Random(1));
  assert.ok(drawn.label === 3 && drawn.ink.filter((ink) => ink > 127).length > 40);
  assert.throws(() => digitsTask([{ ...drawn, ink: new Uint8Array(9) }]), /has 9 cells; expected 28 x 28/);
});
