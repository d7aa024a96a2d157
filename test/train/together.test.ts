// Several trainings side by side.

import assert from "node:assert/strict";
import test from "node:test";
import { cellsOf, RGBA } from "../../lib/cells/cells.js";
import type { Engine } from "../../lib/engine/engine.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { trainTogether } from "../../lib/train/together.js";
import { InterruptedError, train } from "../../lib/train/training.js";

const target = cellsOf(new Float32Array(8 * 8 * RGBA).fill(0.5), { height: 8, width: 8 });
const OPTIONS = { batch: 2, poolSize: 3, rollout: [3, 4], steps: 3 } as const;
const engine = new WasmEngine(1);

const jobsOf = (seeds: readonly number[]) =>
  seeds.map((rngSeed) => ({
    rule: createRule({ channels: 8, hidden: 8, rngSeed }),
    goal: target,
    options: { ...OPTIONS, rngSeed },
  }));

test("on an engine that takes one at a time they are trained one after the other, each as alone", async () => {
  const jobs = jobsOf([1, 2]);
  const order: number[] = [];
  await trainTogether(jobs, { engine, onStep: (_, job) => order.push(job) });
  assert.deepEqual(order, [0, 0, 0, 1, 1, 1]);
  const [, alone] = jobsOf([1, 2]);
  await train(alone.rule, target, { ...alone.options, engine });
  assert.deepEqual(jobs[1].rule.parameters, alone.rule.parameters);
});

test("one that breaks stops none of the others; one that is stopped stops all", async () => {
  const steps = [0, 0];
  const breaking = (_: unknown, job: number) => {
    steps[job]++;
    if (job === 0) throw new Error("broken");
  };
  await assert.rejects(trainTogether(jobsOf([1, 2]), { engine, onStep: breaking }), /broken/);
  assert.deepEqual(steps, [1, 3]);
  const stop = new AbortController();
  let taken = 0;
  const onStep = () => {
    if (++taken === 2) stop.abort();
  };
  await assert.rejects(
    trainTogether(jobsOf([1, 2]), { engine, signal: stop.signal, onStep }),
    InterruptedError,
  );
  assert.equal(taken, 2);
});

test("no job, and jobs of which some cannot be computed at once, are refused", async () => {
  await assert.rejects(trainTogether([], { engine }), /nothing to train/);
  const [job] = jobsOf([1]);
  await assert.rejects(trainTogether([job, job], { engine }), /two jobs/);
  await assert.rejects(
    trainTogether([{ ...job, goal: undefined as never }], { engine }),
    /Job 0 has no goal/,
  );
  const learner: Engine["learner"] = () => ({}) as never;
  const one = { ...engine, name: "device", supports: () => true as const, learner };
  const device: Engine = {
    ...one,
    grow: engine.grow,
    rollout: engine.rollout,
    together: () => [device, device],
  };
  const jobs = jobsOf([1, 2]);
  const { picture: _, ...blind } = growth(target, jobs[1].rule);
  await assert.rejects(
    trainTogether([jobs[0], { ...jobs[1], goal: blind }], { engine: device }),
    /no picture/,
  );
});
