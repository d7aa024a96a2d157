// The engine in a worker of its own gives what the one in this thread gives, and tells what goes wrong.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { copyCells, seedCells } from "../../lib/cells/cells.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { engineInWorker } from "../../lib/engine/worker/client.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { Trainer } from "../../lib/train/trainer.js";

const here = new WasmEngine(2);
const there = await engineInWorker({ threads: 2 });
after(() => there.dispose());

const rule = createRule({ hidden: 16, rngSeed: 1 });
rule.parameters.w2.fill(0.01);
const cells = seedCells(2, 20, 20, 16);
const options = { steps: 20, rngSeed: 1 };

test("states and gradients are the same bits", async () => {
  assert.deepEqual(await there.grow(rule, cells, options), here.growSync(rule, cells, options));
  const [one, other] = [here.rolloutSync(rule, cells, options), await there.rollout(rule, cells, options)];
  const d = new Float32Array(cells.data.length).fill(1e-3);
  assert.deepEqual(other.cells, one.cells);
  assert.deepEqual(await other.parameterGradient(d), one.parameterGradient(d));
  assert.deepEqual(await other.backward(d), one.backward(d));
});

test("an older rollout still has its gradient", async () => {
  const first = await there.rollout(rule, cells, options);
  await there.rollout(rule, copyCells(cells), { steps: 5, rngSeed: 2 });
  const d = new Float32Array(cells.data.length).fill(1);
  assert.deepEqual(
    await first.parameterGradient(d),
    here.rolloutSync(rule, cells, options).parameterGradient(d),
  );
});

test("a training has the same weights", async () => {
  const target = seedCells(1, 16, 16, 4);
  const weights = [];
  for (const engine of [here, there]) {
    const pupil = createRule({ hidden: 8, rngSeed: 3 });
    const trainer = new Trainer(pupil, growth(target, pupil), { batch: 2, poolSize: 4, steps: 5, engine });
    while (trainer.step < 5) await trainer.next();
    weights.push((await trainer.result()).parameters);
  }
  assert.deepEqual(weights[0], weights[1]);
});

test("this thread is free while the other one computes", async () => {
  const grown = there.grow(createRule({ aliveMask: "none" }), seedCells(4, 72, 72, 16), {
    steps: 100,
    rngSeed: 1,
  });
  let turns = 0;
  let isOver = false;
  void grown.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns++;
  }
  assert.ok(turns > 10, `${turns} turns`);
});

/** Collects what nobody holds any more, and lets finalizers run. */
async function collect(): Promise<void> {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a gradient can be asked for as long as one of its functions is held", async () => {
  const { parameterGradient } = await there.rollout(rule, cells, options);
  await collect();
  const d = new Float32Array(cells.data.length).fill(1e-3);
  assert.deepEqual(await parameterGradient(d), here.rolloutSync(rule, cells, options).parameterGradient(d));
});

test("a rollout that outlives its engine does no harm when it is collected", async () => {
  const brief = await engineInWorker({ threads: 1 });
  await brief.rollout(rule, cells, options);
  brief.dispose();
  await collect(); // an unhandled rejection would fail this file
});

test("what cannot be sent is refused, and a number of threads that cannot be", async () => {
  const odd = { ...options, onStep: () => {} };
  await assert.rejects(there.grow(rule, cells, odd), {
    name: "InvalidInputError",
    message: /cannot be sent to the engine's worker/,
  });
  process.env.NCA_THREADS = "abc";
  try {
    await assert.rejects(engineInWorker(), { name: "InvalidInputError", message: /NCA_THREADS is "abc"/ });
  } finally {
    delete process.env.NCA_THREADS;
  }
});

test("where a page may not start helpers the engine works alone", async (context) => {
  const { getBuiltinModule } = process;
  const withoutThreads = (name: string) =>
    name === "node:worker_threads" ? undefined : getBuiltinModule.call(process, name);
  context.mock.method(process, "getBuiltinModule", withoutThreads);
  class Forbidden {
    onerror?: (event: { message: string }) => void;
    constructor() {
      setTimeout(() => this.onerror?.({ message: "forbidden" }), 0);
    }
    postMessage() {}
    terminate() {}
  }
  Object.assign(globalThis, { Worker: Forbidden });
  try {
    const engine = new WasmEngine(2);
    assert.equal(engine.threads, 2);
    const expected = here.growSync(rule, cells, options);
    for (let i = 0; i < 4; i++) {
      assert.deepEqual(engine.growSync(rule, cells, options), expected);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(engine.threads, 1);
  } finally {
    Reflect.deleteProperty(globalThis, "Worker");
  }
});

test("errors come with their class and words", async () => {
  await assert.rejects(there.grow(rule, seedCells(1, 9, 9, 4), options), {
    name: "InvalidInputError",
    message: /Cells have 4 channels; the rule has 16/,
  });
  await assert.rejects(engineInWorker({ threads: 0 }), { name: "InvalidInputError" });
});

test("a worker that is gone rejects what is under way and what comes", async () => {
  const gone = await engineInWorker({ threads: 1 });
  const underWay = gone.grow(rule, seedCells(4, 72, 72, 16), { steps: 1000, rngSeed: 1 });
  gone.dispose();
  const lost = { name: "EngineError", message: /worker was lost \(it was disposed of\)/ };
  await assert.rejects(underWay, lost);
  await assert.rejects(gone.grow(rule, cells, options), lost);
});
