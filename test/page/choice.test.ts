// Which engine a lesson of the page is computed by.

import assert from "node:assert/strict";
import test from "node:test";
import { cellsOf, RGBA } from "../../lib/cells/cells.js";
import { EngineError } from "../../lib/cells/errors.js";
import type { Engine } from "../../lib/engine/engine.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import type { WebGpuEngine } from "../../lib/engine/webgpu/webgpu.js";
import { Chooser } from "../../lib/page/training/choice.js";
import type { Lesson } from "../../lib/page/training/protocol.js";
import { createRule } from "../../lib/rule/rule.js";

const target = cellsOf(new Float32Array(10 * 10 * RGBA).fill(1), { height: 10, width: 10 });
const lesson = {
  start: createRule({ channels: 8, hidden: 8 }),
  drawing: undefined as never,
  target,
  options: { batch: 2, poolSize: 4, rollout: [4, 4] },
} satisfies Lesson;

/** An engine whose rollouts take so many milliseconds more. */
function slowed(ms: number): Engine {
  const engine = new WasmEngine(1);
  const rollout: Engine["rollout"] = async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return engine.rollout(...given);
  };
  return { name: `slowed by ${ms}`, supports: () => true, grow: engine.grow, rollout };
}

function card(ms: number, isProcessor = false): WebGpuEngine {
  return Object.assign(slowed(ms), {
    card: async () => ({ name: "a card", isProcessor }),
  }) as unknown as WebGpuEngine;
}

test("a graphics card is taken where a training step is faster there, and only there", async () => {
  const [fast, slow] = [slowed(0), slowed(120)];
  const faster = card(0);
  assert.equal((await new Chooser(slow, faster).fastest(lesson)).engine, faster);
  assert.equal((await new Chooser(fast, card(120)).fastest(lesson)).engine, fast);
  assert.equal((await new Chooser(slow, card(0, true)).fastest(lesson)).engine, slow, "it is no card");
});

test("without a card, or when it fails, the processor computes", async () => {
  const slow = slowed(120);
  const missing = { card: () => Promise.reject(new EngineError("no adapter")) } as unknown as WebGpuEngine;
  assert.equal((await new Chooser(slow, missing).fastest(lesson)).engine, slow);
  const chooser = new Chooser(slow, card(0));
  assert.notEqual((await chooser.fastest(lesson)).engine, slow);
  const { engine } = await chooser.fastest(lesson);
  assert.equal(chooser.insteadOf(engine, new Error("a fault of ours")), undefined);
  assert.equal(chooser.insteadOf(engine, new EngineError("lost")), slow);
  assert.equal((await chooser.fastest(lesson)).engine, slow);
  assert.equal(chooser.insteadOf(slow, new EngineError("lost")), undefined);
});
