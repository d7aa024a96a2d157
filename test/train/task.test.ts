// A third task beside growth and infection, and an engine that takes whole training steps: neither the trainer nor the
// library knows anything of them.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { emptyCells, type Target } from "../../lib/cells/cells.js";
import type { Sample } from "../../lib/cells/sample.js";
import type { Engine } from "../../lib/engine/engine.js";
import type { Learner, LearnerOrder } from "../../lib/engine/learner.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { createRule, type Rule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { HostLearner } from "../../lib/train/host-learner.js";
import { resumeTraining, saveTraining } from "../../lib/train/resume.js";
import type { Task } from "../../lib/train/task.js";
import { Trainer } from "../../lib/train/trainer.js";
import { train } from "../../lib/train/training.js";
import { bits, relativeError } from "../engine/compare.js";

const folder = mkdtempSync(join(tmpdir(), "task-"));
after(() => rmSync(folder, { recursive: true }));

const SIZE = 8;
const CHANNELS = 8;
/** A bar that lies or stands is drawn in the input channel 0; its cells shall write their label into 1 or 2. */
const LABELS = 2;
const spec = {
  channels: CHANNELS,
  hidden: 24,
  inputs: [0],
  aliveChannel: 0,
  aliveReach: "cell",
  aliveMask: "pre-and-post",
} as const;

function bar(label: number, row: number): Sample {
  const cells = emptyCells(1, SIZE, SIZE, CHANNELS);
  for (let i = 1; i < SIZE - 1; i++) {
    const cell = label === 0 ? row * SIZE + i : i * SIZE + row;
    cells.data[cell * CHANNELS] = 1;
  }
  return { cells, context: Float32Array.of(label) };
}

/** Per-cell labels: the mean squared error of the label channels over the drawn cells. */
const labelling: Task<{ readonly accuracy: number }> = {
  description: { kind: "labelling", labels: LABELS },
  strainsWith: (rule) => ({ rules: rule, trained: 0 }),
  fresh: async (random) => bar(random.integer(0, LABELS), random.integer(1, SIZE - 1)),
  losses: ({ cells, contexts }) =>
    Float64Array.from(contexts, ([label], sample) => {
      let [sum, count] = [0, 0];
      eachDrawn(cells.data, sample, (at) => {
        count++;
        for (let i = 0; i < LABELS; i++) sum += (cells.data[at + 1 + i] - Number(i === label)) ** 2;
      });
      return sum / count;
    }),
  gradient: ({ cells, contexts }, slopes) => {
    const gradient = new Float32Array(cells.data.length);
    contexts.forEach(([label], sample) => {
      const drawn: number[] = [];
      eachDrawn(cells.data, sample, (at) => drawn.push(at));
      for (const at of drawn) {
        for (let i = 0; i < LABELS; i++) {
          const difference = cells.data[at + 1 + i] - Number(i === label);
          gradient[at + 1 + i] = (2 * slopes[sample] * difference) / (drawn.length * contexts.length);
        }
      }
    });
    return gradient;
  },
  broken: () => undefined, // a board without life is no reason to go back
  measure: async (rule, { engine = new ReferenceEngine() } = {}) => {
    let right = 0;
    const cases = LABELS * (SIZE - 2);
    for (let i = 0; i < cases; i++) {
      const [label, row] = [i % LABELS, 1 + (i >> 1)];
      const { data } = await engine.grow(rule, bar(label, row).cells, { steps: 12, rngSeed: i });
      let votes = 0;
      eachDrawn(data, 0, (at) => {
        votes += Math.sign(data[at + 1] - data[at + 2]);
      });
      if (votes > 0 === (label === 0)) right++;
    }
    return { accuracy: right / cases };
  },
};

function eachDrawn(data: Float32Array, sample: number, visit: (at: number) => void): void {
  const size = SIZE * SIZE * CHANNELS;
  for (let at = sample * size; at < (sample + 1) * size; at += CHANNELS) if (data[at] > 0) visit(at);
}

const recipe = {
  batch: 4,
  poolSize: 16,
  rollout: [8, 12],
  rngSeed: 2,
  learningRate: 5e-3,
  decay: [],
  steps: 220,
} as const;

test("a rule learns labels of cells, on the reference engine, and says how well", async () => {
  const rule = createRule({ ...spec, rngSeed: 1 });
  const engine = new ReferenceEngine();
  const before = await labelling.measure(rule, { engine });
  assert.ok(before.accuracy < 1, `${before.accuracy} untrained`);
  await train(rule, labelling, { ...recipe, engine, regime: "growing", batch: 8, steps: 120 });
  assert.deepEqual(await labelling.measure(rule, { engine }), { accuracy: 1 });
});

test("a training whose samples have contexts goes on from its file in the same bits", async () => {
  const path = join(folder, "labels.training");
  const options = { ...recipe, steps: 8, engine: new ReferenceEngine() };
  const start = () => createRule({ ...spec, rngSeed: 1 });
  const whole = new Trainer(start(), labelling, options);
  while (whole.step < 8) await whole.next();
  const first = new Trainer(start(), labelling, options);
  while (first.step < 3) await first.next();
  await saveTraining(first, path);
  const second = await resumeTraining(path, start(), labelling, options);
  while (second.step < 8) await second.next();
  const weights = ({ parameters }: Rule) => Object.values(parameters).map(bits);
  assert.deepEqual(weights(second.rule), weights(whole.rule));
  const { pool } = await second.learner.save();
  assert.deepEqual(pool, (await whole.learner.save()).pool);
  assert.equal(pool.contexts.length, recipe.poolSize);
  const other = { ...labelling, description: { kind: "labelling", labels: 3 } };
  await assert.rejects(resumeTraining(path, start(), other, options), /another training/);
});

const target: Target = await loadTarget("targets/lizard.png", { size: 12, padding: 3 });

test("ten training steps on the reference engine have the losses of the wasm engine's", async () => {
  const losses = async (engine: Engine) => {
    const rule = createRule({ hidden: 16, rngSeed: 1 });
    const options = { batch: 2, poolSize: 4, rollout: [10, 14], regime: "regenerating", damaged: 1 } as const;
    const trainer = new Trainer(rule, growth(target, rule), { ...options, engine });
    const all: number[] = [];
    while (trainer.step < 10) all.push((await trainer.next()).loss);
    return all;
  };
  const [slow, fast] = [await losses(new ReferenceEngine()), await losses(new WasmEngine(1))];
  assert.ok(relativeError(slow, fast) < 1e-4, `${slow} and ${fast}`);
  assert.notEqual(fast[9], fast[0]);
});

/** An engine that takes whole steps by itself: of a step only its losses come back. The "device" is this process. */
function deviceEngine(): Engine & { readonly calls: string[] } {
  const inside = new WasmEngine(1);
  const calls: string[] = [];
  const learner = ({ rule, loss, average }: LearnerOrder): Learner => {
    const onDevice = { spec: rule.spec, parameters: structuredClone(rule.parameters) };
    const task = growth(loss.picture, rule);
    const host = new HostLearner(onDevice, task, { engine: inside, objective: loss.objective, average });
    const told = <Args extends unknown[], T>(name: string, call: (...args: Args) => T) => {
      return (...args: Args): T => {
        calls.push(name);
        return call.apply(host, args);
      };
    };
    return {
      fill: told("fill", host.fill),
      losses: told("losses", host.losses),
      run: told("run", host.run),
      learn: told("learn", host.learn),
      remember: told("remember", host.remember),
      goBack: told("goBack", host.goBack),
      weights: async () => structuredClone(await host.weights()),
      save: told("save", host.save),
      restore: told("restore", host.restore),
    };
  };
  const fails = () => Promise.reject(new Error("whole steps only"));
  return { name: "device", supports: () => true, grow: fails, rollout: fails, learner, calls };
}

test("a loss of nothing at all is as good as can be, and no reason to go back", async () => {
  const perfect: Task = {
    ...labelling,
    losses: ({ cells }) => new Float64Array(cells.count),
    gradient: ({ cells }) => new Float32Array(cells.data.length),
  };
  const trainer = new Trainer(createRule({ ...spec }), perfect, { ...recipe, engine: new ReferenceEngine() });
  for (let i = 0; i < 4; i++) assert.equal((await trainer.next()).rolledBack, undefined);
});

test("an engine may own whole training steps: pool, loss and optimizer are its own", async () => {
  const options = { batch: 4, poolSize: 8, rollout: [10, 14], steps: 6, average: 0.5 } as const;
  const start = () => createRule({ hidden: 16, rngSeed: 1 });
  const [here, there] = [start(), start()];
  await train(here, target, { ...options, engine: new WasmEngine(1) });
  const engine = deviceEngine();
  const trainer = new Trainer(there, growth(target, there), { ...options, engine });
  while (trainer.step < 3) await trainer.next();
  assert.deepEqual(there.parameters, start().parameters, "the weights stay on the device");
  while (trainer.step < 6) await trainer.next();
  assert.deepEqual((await trainer.result()).parameters, here.parameters);
  assert.deepEqual(engine.calls.slice(0, 5), ["fill", "losses", "run", "remember", "learn"]);
  const copy = start();
  await train(copy, target, { ...options, engine: deviceEngine() });
  assert.deepEqual(copy, here, "and come back when the training is over");
});

test("an engine's own steps are for pictures alone: another task runs beside its rollouts", async () => {
  const engine = deviceEngine();
  const trainer = new Trainer(createRule({ ...spec }), labelling, { ...recipe, engine });
  await assert.rejects(trainer.next(), /whole steps only/);
});
