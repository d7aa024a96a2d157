// A thread that dies is an error, never a hang; afterwards the engine works on.

import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { type Cells, seedCells } from "../../lib/cells/cells.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { createRule } from "../../lib/rule/rule.js";
import { helpersOf } from "./helpers.js";

const rule = createRule({ aliveMask: "none", rngSeed: 1 });
const one = seedCells(1, 72, 72, 16);
const two = seedCells(2, 72, 72, 16);

for (const [name, cells] of Object.entries({ "a batch of two": two, "a batch of one": one })) {
  test(`${name}: a thread that dies between two rollouts`, async () => {
    const engine = new WasmEngine(2);
    const expected = grow(engine, cells);
    await helpersOf(engine)[0].terminate();
    await setImmediate();
    assert.throws(() => grow(engine, cells), { name: "EngineError", message: /thread.*lost/ });
    assert.deepEqual(grow(engine, cells), expected);
  });

  test(`${name}: a thread that dies while it is waited for`, { timeout: 120_000 }, () => {
    const engine = new WasmEngine(2);
    const expected = grow(engine, cells);
    void helpersOf(engine)[0].terminate(); // its end cannot be told to this thread, which is busy from here on
    assert.throws(() => grow(engine, cells), { name: "EngineError", message: /A thread of the engine/ });
    assert.deepEqual(grow(engine, cells), expected);
  });
}

function grow(engine: WasmEngine, cells: Cells): Cells {
  return engine.growSync(rule, cells, { steps: 40, rngSeed: 1 });
}
