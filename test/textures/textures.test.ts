// Textures: the loss of patches, its gradient, the task, and the pictures that are drawn here.

import assert from "node:assert/strict";
import test from "node:test";
import { ALPHA, type Cells, emptyCells, RGBA } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { mean } from "../../lib/cells/statistics.js";
import { engineNamed } from "../../lib/engine/engines.js";
import { createRule, parameterCount } from "../../lib/rule/rule.js";
import { seedFor } from "../../lib/rule/seeds.js";
import { drawTexture, TEXTURES } from "../../lib/textures/draw.js";
import { textureLoss, textureTask } from "../../lib/textures/task.js";
import { TEXTURE_SPEC } from "../../lib/textures/texture.js";
import { training } from "../../lib/train/training.js";

/** The picture, moved on its torus. */
function moved({ data, ...picture }: Cells, right: number, down: number): Cells {
  const { height, width, channels } = picture;
  const next = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = (((y + down) % height) * width + ((x + right) % width)) * channels;
      next.set(data.subarray(from, from + channels), to);
    }
  return { data: next, ...picture };
}

test("a picture is at no distance from itself, wherever it begins, and far from others", () => {
  const [bricks, dots] = [drawTexture("bricks"), drawTexture("dots")];
  assert.ok(textureLoss(bricks, bricks) < 1e-12);
  assert.ok(textureLoss(moved(bricks, 7, 13), bricks) < 1e-9);
  assert.ok(textureLoss(dots, bricks) > 0.005);
  const turned = { ...bricks, data: bricks.data.slice() };
  for (let y = 0; y < 64; y++)
    for (let x = 0; x < 64; x++)
      turned.data.set(
        bricks.data.subarray((x * 64 + y) * RGBA, (x * 64 + y + 1) * RGBA),
        (y * 64 + x) * RGBA,
      );
  assert.ok(textureLoss(turned, bricks) > 1e-4); // the same colours, standing
});

for (const [picture, side] of [
  [32, 32],
  [64, 16],
  [16, 32],
  [32, 21],
  [64, 49],
  [49, 64],
])
  test(`the gradient is that of the losses, of a picture of ${picture} on cloth of ${side}`, () => {
    const rule = createRule(TEXTURE_SPEC);
    const task = textureTask(drawTexture("mosaic", picture), rule, { side });
    const random = new Random(3);
    const cells = seedFor(rule, { height: side, width: side, count: 2 });
    const { data, channels } = cells;
    for (let i = 0; i < data.length; i++) if (i % channels !== ALPHA) data[i] = random.uniform(-1.5, 1.5);
    const slopes = Float64Array.of(1, 0.25);
    const contexts = [Float32Array.of(7), Float32Array.of(8)];
    const batch = { cells, contexts };
    task.losses(batch);
    const gradient = task.gradient(batch, slopes);
    assert.deepEqual(gradient, task.gradient({ cells, contexts }, slopes));
    const loss = () => {
      const [one, other] = task.losses({ cells, contexts });
      return (slopes[0] * one + slopes[1] * other) / 2;
    };
    const largest = gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    for (let tried = 0; tried < 12; tried++) {
      const i = random.integer(0, data.length);
      const value = data[i];
      const at = (to: number) => {
        data[i] = to;
        return loss();
      };
      const slope = (at(value + 1e-3) - at(value - 1e-3)) / 2e-3;
      data[i] = value;
      if (i % channels === ALPHA) continue;
      assert.ok(Math.abs(slope - gradient[i]) < 1e-3 * largest, `${i}: ${slope}, ${gradient[i]}`);
    }
    assert.ok(Array.from(gradient).every((slope, i) => i % channels !== ALPHA || slope === 0));
  });

test("cloth is learned to be woven in a few steps", async () => {
  const rule = createRule({ ...TEXTURE_SPEC, hidden: 16 });
  const task = textureTask(drawTexture("stripes", 32), rule, { side: 16 });
  const engine = engineNamed("wasm");
  const options = {
    batch: 2,
    poolSize: 4,
    rollout: [24, 32],
    learningRate: 2e-3,
    decay: [],
    engine,
  } as const;
  const losses: number[] = [];
  for await (const { loss } of training(rule, task, { ...options, regime: "persistent", steps: 40 }))
    losses.push(loss);
  const [before, after] = [mean(losses.slice(0, 5)), mean(losses.slice(-10))];
  assert.ok(after < 0.5 * before, `${before} to ${after}`);
  assert.deepEqual(Object.keys(await task.measure(rule, { engine })), ["100", "500", "2000"]);
});

test("a texture's rule is small, and its cloth is empty and alive", () => {
  const rule = createRule(TEXTURE_SPEC);
  assert.equal(parameterCount(rule.spec), 5868);
  const { data, channels } = seedFor(rule, { height: 8, width: 8 });
  assert.ok(data.every((value, i) => value === Number(i % channels === ALPHA)));
});

test("pictures are opaque and go on beyond their edges", () => {
  for (const name of TEXTURES) {
    const { data } = drawTexture(name);
    assert.ok(data.every((value) => value >= 0 && value <= 1));
    const off = (x: number, to: number) => {
      let sum = 0;
      for (let y = 0; y < 64; y++)
        for (let c = 0; c < ALPHA; c++)
          sum += Math.abs(data[(y * 64 + x) * RGBA + c] - data[(y * 64 + to) * RGBA + c]);
      return sum / (64 * 3);
    };
    const inside = Math.max(...Array.from({ length: 63 }, (_, x) => off(x, x + 1)));
    assert.ok(off(63, 0) <= inside, name);
  }
  const thin = { ...drawTexture("dots", 16), height: 4, width: 64 };
  const small = { name: "InvalidInputError", message: /side is 4; expected/ };
  assert.throws(() => textureTask(thin, createRule(TEXTURE_SPEC)), small);
  assert.throws(() => textureLoss(thin, drawTexture("dots")), small);
  assert.throws(() => textureTask(emptyCells(1, 32, 32, RGBA), createRule(TEXTURE_SPEC)), {
    name: "InvalidInputError",
    message: /opaque/,
  });
});
