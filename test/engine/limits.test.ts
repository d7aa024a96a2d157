// What the engine says when it is asked for what cannot be, and when something under it breaks.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { emptyCells, seedCells } from "../../lib/cells/cells.js";
import { EngineError } from "../../lib/cells/errors.js";
import { planJob } from "../../lib/engine/wasm/plan.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { createRule } from "../../lib/rule/rule.js";
import type { RuleSpec } from "../../lib/rule/spec.js";
import { helpersOf } from "./helpers.js";

const rule = createRule({ hidden: 8 });
const seed = seedCells(2, 9, 9, 16);
const refused = (work: () => unknown, message: RegExp) =>
  assert.throws(work, { name: "InvalidInputError", message });

test("arguments out of range are named", () => {
  const engine = new WasmEngine(1);
  refused(() => new WasmEngine(0), /threads is 0/);
  refused(() => new WasmEngine(Number.NaN), /threads is NaN/);
  refused(() => engine.growSync(rule, seed, { steps: 2 ** 31, rngSeed: 0 }), /steps is 2147483648/);
  refused(() => engine.growSync(rule, seed, { steps: -1, rngSeed: 0 }), /steps is -1/);
  refused(() => engine.growSync(rule, seed, { steps: 1, rngSeed: 0.5 }), /rngSeed is 0.5/);
  refused(() => engine.growSync(rule, { ...seed, width: 8 }, { steps: 1, rngSeed: 0 }), /2592 numbers/);
  refused(
    () => engine.growSync(rule, seedCells(1, 4, 4, 8), { steps: 1, rngSeed: 0 }),
    /8 channels; the rule has 16/,
  );
  const odd = { ...rule, spec: { ...rule.spec, aliveMask: "odd" } as unknown as RuleSpec };
  refused(() => engine.growSync(odd, seed, { steps: 1, rngSeed: 0 }), /aliveMask "odd"/);
  const short = { ...rule, parameters: { ...rule.parameters, b1: new Float32Array(3) } };
  refused(() => engine.growSync(short, seed, { steps: 1, rngSeed: 0 }), /b1 holds 3 numbers/);
  const run = engine.rolloutSync(rule, seed, { steps: 1, rngSeed: 0 });
  refused(() => run.backward(new Float32Array(5)), /gradient holds 5 numbers/);
});

test("a tape that does not fit says so, and the engine works on", () => {
  const engine = new WasmEngine(2);
  const large = createRule({ channels: 4, hidden: 4096, aliveMask: "none", fireRate: 1 });
  const cells = emptyCells(2, 512, 512, 4);
  const before = engine.growSync(rule, seed, { steps: 3, rngSeed: 1 });
  assert.throws(
    () => engine.rolloutSync(large, cells, { steps: 1, rngSeed: 0 }),
    (error) => error instanceof EngineError && /4 GiB/.test(error.message),
  );
  assert.deepEqual(engine.growSync(rule, seed, { steps: 3, rngSeed: 1 }), before);
});

test("states that do not fit say so", () => {
  const shape = { count: 20, height: 2048, width: 2048, channels: 16, premultiplied: true };
  const data = { length: 20 * 2048 * 2048 * 16 } as Float32Array; // it is refused before anyone reads it
  assert.throws(() => new WasmEngine(1).growSync(rule, { ...shape, data }, { steps: 1, rngSeed: 0 }), {
    name: "EngineError",
    message: /need \d+ MiB/,
  });
});

test("helpers start whatever flags the process was given, and keep no process alive", () => {
  const program = `
    import { WasmEngine } from ${JSON.stringify(new URL("../../lib/engine/wasm/wasm.js", import.meta.url).href)};
    import { seedCells } from ${JSON.stringify(new URL("../../lib/cells/cells.js", import.meta.url).href)};
    import { createRule } from ${JSON.stringify(new URL("../../lib/rule/rule.js", import.meta.url).href)};
    const engine = new WasmEngine(2);
    console.log(engine.growSync(createRule({ hidden: 8 }), seedCells(2, 9, 9, 16), { steps: 2, rngSeed: 0 }).count);`;
  const args = ["--input-type=module", "--eval", program];
  assert.equal(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 15_000 }), "2\n");
});

test("a short life of one sample starts no helper", () => {
  const engine = new WasmEngine(64);
  engine.growSync(rule, seedCells(1, 72, 72, 16), { steps: 4, rngSeed: 0 });
  assert.equal(helpersOf(engine).length, 0);
});

test("a helper with one large sample needs hardly any memory", () => {
  const spec = createRule().spec;
  const shape = { count: 1, height: 4096, width: 4096, channels: 16, premultiplied: true };
  const cells = { ...shape, data: new Float32Array(0) };
  const end = (threads: number, taped: boolean) =>
    planJob(cells, { spec, strains: 1, steps: 1, taped, threads }).end;
  assert.ok(end(8, false) < 2 ** 32, "the largest grid fits, with as many threads as there may be");
  for (const taped of [false, true]) assert.ok(end(8, taped) - end(1, taped) < 2 ** 20);
});

test("NCA_THREADS that is no number of threads is named", () => {
  const url = JSON.stringify(new URL("../../lib/engine/wasm/crew.js", import.meta.url).href);
  const program = `import { defaultThreads } from ${url}; try { console.log(defaultThreads()) } catch (e) { console.log(e.message) }`;
  const threads = (NCA_THREADS: string) =>
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      env: { ...process.env, NCA_THREADS },
    }).trim();
  assert.equal(threads("3"), "3");
  for (const wrong of ["two", "0", "1.5", "-1"]) {
    assert.match(threads(wrong), new RegExp(`NCA_THREADS is "${wrong}"; expected a whole number from 1`));
  }
});
