// A thread that dies is an error, never a hang; afterwards the engine works on.

import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { Engine } from "../../lib/engine/engine.js";
import { type Cells, seedCells } from "../../lib/rule/cells.js";
import { createRule } from "../../lib/rule/rule.js";

const rule = createRule({ aliveMask: "none", rngSeed: 1 });
const one = seedCells(1, 72, 72, 16);
const two = seedCells(2, 72, 72, 16);

/** The engine's helpers, which are nobody else's business. */
const helpersOf = (engine: Engine) => (engine as unknown as { crew: { workers: Worker[] } }).crew.workers;

for (const [name, cells] of Object.entries({ "a batch of two": two, "a batch of one": one })) {
  test(`${name}: a thread that dies between two rollouts`, async () => {
    const engine = new Engine(2);
    const expected = grow(engine, cells);
    await helpersOf(engine)[0].terminate();
    await setImmediate();
    assert.throws(() => grow(engine, cells), { name: "EngineError", message: /thread.*lost/ });
    assert.deepEqual(grow(engine, cells), expected);
  });

  test(`${name}: a thread that dies while it is waited for`, () => {
    const engine = new Engine(2);
    const expected = grow(engine, cells);
    void helpersOf(engine)[0].terminate(); // its end cannot be told to this thread, which is busy from here on
    const start = performance.now();
    try {
      assert.deepEqual(grow(engine, cells), expected); // a batch of one gets by without it
      assert.equal(cells, one);
    } catch (error) {
      assert.match(String(error), /EngineError: A thread of the engine/);
    }
    assert.ok(performance.now() - start < 60_000);
    assert.deepEqual(grow(engine, cells), expected);
  });
}

function grow(engine: Engine, cells: Cells): Cells {
  return engine.grow(rule, cells, { steps: 40, rngSeed: 1 });
}
