// Training steps on the WebGPU engine's own device, beside those of wasm. One shape for all: every kernel is compiled for a shape,
// which takes SwiftShader seconds.

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { type Cells, cellsOf, emptyCells, RGBA } from "../../lib/cells/cells.js";
import { EngineError } from "../../lib/cells/errors.js";
import type { Engine } from "../../lib/engine/engine.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { WebGpuEngine } from "../../lib/engine/webgpu/webgpu.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import { growth, pictureTask } from "../../lib/train/growth.js";
import type { GivenOptions } from "../../lib/train/options.js";
import type { Task } from "../../lib/train/task.js";
import { trainTogether } from "../../lib/train/together.js";
import { Trainer, type TrainingStep } from "../../lib/train/trainer.js";
import { training } from "../../lib/train/training.js";
import { decodeTraining, encodeTraining } from "../../lib/train/training-state.js";
import { relativeError } from "./compare.js";
import { engine, whyMissing } from "./swiftshader.js";

const missing = await whyMissing();
after(() => engine.dispose());

const SIDE = 14;
const SHAPE = { channels: 8, hidden: 16 } as const;
const OPTIONS: GivenOptions = {
  regime: "regenerating",
  damage: "all",
  damaged: 1,
  objective: "root",
  average: 0.9,
  batch: 3,
  poolSize: 5,
  rollout: [6, 9],
  steps: 8,
};

function pictureOf(colour: number): Cells {
  const data = new Float32Array(SIDE * SIDE * RGBA);
  for (let y = 4; y < 10; y++) data.fill(colour, (y * SIDE + 4) * RGBA, (y * SIDE + 10) * RGBA);
  return cellsOf(data, { height: SIDE, width: SIDE });
}
const target = pictureOf(0.8);

function trainerOn(engine: Engine, rngSeed: number, task?: (rule: Rule) => Task): Trainer {
  const rule = createRule({ ...SHAPE, rngSeed });
  return new Trainer(rule, task?.(rule) ?? growth(target, rule), { ...OPTIONS, rngSeed, engine });
}

async function lossesOf(trainer: Trainer, steps = 8): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await trainer.next()).loss);
  return losses;
}

function assertNear(got: readonly number[], expected: readonly number[], most = 1e-4) {
  assert.equal(got.length, expected.length);
  got.forEach((loss, step) => {
    assert.ok(
      Math.abs(loss / expected[step] - 1) < most,
      `step ${step}: ${loss}, expected ${expected[step]}`,
    );
  });
}

async function assertSameWeights(one: Trainer, other: Trainer, most: number) {
  const [got, expected] = [(await one.result()).parameters, (await other.result()).parameters];
  for (const name of PARAMETERS) {
    const error = relativeError(got[name], expected[name]);
    assert.ok(error <= most, `${name}: ${error}`);
  }
}

test("wounds, the root objective, the running mean: losses, states and weights equal those of wasm", {
  skip: missing,
}, async () => {
  const [gpu, cpu] = [trainerOn(engine, 2), trainerOn(new WasmEngine(1), 2)];
  for (let step = 0; step < 8; step++) {
    const [got, expected] = [await gpu.next(), await cpu.next()];
    assertNear([got.loss], [expected.loss]);
    const [states, others] = [await got.states(), await expected.states()];
    for (const when of ["before", "after"] as const)
      assert.ok(relativeError(states[when].data, others[when].data) < 1e-3, `${when} step ${step}`);
  }
  await assertSameWeights(gpu, cpu, 1e-3);
});

test("strains: the trained one alone learns, and the pool keeps them", { skip: missing }, async () => {
  const host = createRule({ ...SHAPE, aliveMask: "none", rngSeed: 7 });
  for (const name of ["b1", "w2", "b2"] as const) host.parameters[name].fill(0.002);
  const task = (rule: Rule): Task => ({
    ...pictureTask(target, rule.spec),
    description: { kind: "strains" },
    strainsWith: (trained) => ({
      rules: {
        rules: [host, trained],
        spread: [
          [0, 0],
          [0.4, 0],
        ],
      },
      trained: 1,
    }),
    fresh: async (random) => {
      const cells = emptyCells(1, SIDE, SIDE, SHAPE.channels);
      cells.data.forEach((_, i, data) => {
        data[i] = random.uniform(0, 0.5);
      });
      return {
        cells: { ...cells, strains: Uint8Array.from({ length: SIDE * SIDE }, () => random.integer(0, 2)) },
      };
    },
    measure: async () => undefined,
  });
  const trainers = [engine, new WasmEngine(1)].map((engine) => {
    const rule = createRule({ ...SHAPE, aliveMask: "none", rngSeed: 3 });
    return new Trainer(rule, task(rule), { ...OPTIONS, rngSeed: 3, engine });
  });
  const [got, expected] = [await lossesOf(trainers[0]), await lossesOf(trainers[1])];
  assertNear(got, expected);
  const [pool, other] = await Promise.all(trainers.map(async ({ learner }) => (await learner.save()).pool));
  assert.deepEqual(pool.strains, other.strains);
  assert.ok(new Set(pool.strains).size === 2);
});

test("a saved training goes on where it was, on this engine with the same bits and on another", {
  skip: missing,
}, async () => {
  const whole = trainerOn(engine, 4);
  const first = trainerOn(engine, 4);
  await lossesOf(whole, 3);
  await lossesOf(first, 3);
  const saved = await encodeTraining(first);
  const rest = await lossesOf(whole, 4);
  const rule = () => createRule({ ...SHAPE, rngSeed: 4 });
  for (const [other, most] of [
    [engine, 0],
    [new WasmEngine(1), 1e-3],
  ] as const) {
    const again = await decodeTraining(saved, rule(), growth(target, rule()), {
      ...OPTIONS,
      rngSeed: 4,
      engine: other,
    });
    const losses = await lossesOf(again, 4);
    if (most === 0) assert.deepEqual(losses, rest);
    else assertNear(losses, rest, most);
  }
});

test("trainings side by side have the bits of each alone, also when one ends before the other", {
  skip: missing,
}, async () => {
  const alone = [trainerOn(engine, 5), trainerOn(engine, 6, (rule) => growth(pictureOf(0.5), rule))];
  const expected = [await lossesOf(alone[0], 3), await lossesOf(alone[1], 6)];
  const got: number[][] = [[], []];
  const jobs = [3, 6].map((steps, i) => ({
    rule: createRule({ ...SHAPE, rngSeed: 5 + i }),
    goal: [target, pictureOf(0.5)][i],
    options: { ...OPTIONS, rngSeed: 5 + i, steps },
  }));
  await trainTogether(jobs, { engine, onStep: ({ loss }, job) => got[job].push(loss) });
  assert.deepEqual(got, expected);
});

test("one that is stopped by its loop does not keep the others waiting", { skip: missing }, async () => {
  const jobs = [1, 2].map((rngSeed) => ({
    rule: createRule({ ...SHAPE, rngSeed }),
    goal: target,
    options: { ...OPTIONS, rngSeed, steps: 4 },
  }));
  let steps = 0;
  const onStep = (_: unknown, job: number) => {
    if (job === 0) throw new Error("no more");
    steps++;
  };
  await assert.rejects(trainTogether(jobs, { engine, onStep }), /no more/);
  assert.equal(steps, 4);
});

test("a device that is lost says so, and the training goes on elsewhere from what was saved", {
  skip: missing,
}, async () => {
  const own = new WebGpuEngine();
  const trainer = trainerOn(own, 8);
  await lossesOf(trainer, 2);
  const saved = await encodeTraining(trainer);
  await own.dispose();
  await assert.rejects(trainer.next(), (error: Error) => {
    assert.ok(error instanceof EngineError);
    assert.match(error.message, /given back|lost/);
    return true;
  });
  const rule = createRule({ ...SHAPE, rngSeed: 8 });
  const again = await decodeTraining(saved, rule, growth(target, rule), {
    ...OPTIONS,
    rngSeed: 8,
    engine: new WasmEngine(1),
  });
  assert.equal(again.step, 2);
  assertNear(
    await lossesOf(again, 2),
    await lossesOf(trainerOn(new WasmEngine(1), 8), 4).then((all) => all.slice(2)),
  );
});

test("a training that is over refuses more, and leaves the device to others", { skip: missing }, async () => {
  const rule = createRule({ ...SHAPE, rngSeed: 9 });
  let last: TrainingStep | undefined;
  for await (const step of training(rule, target, { ...OPTIONS, steps: 2, rngSeed: 9, engine })) last = step;
  await assert.rejects(last!.states(), /training is over/);
  assert.equal((await lossesOf(trainerOn(engine, 9), 2)).length, 2);
  const trainer = trainerOn(engine, 9);
  await trainer.next();
  const before = await trainer.learner.weights();
  await trainer.learner.close?.();
  await trainer.learner.close?.();
  await assert.rejects(trainer.next(), /training is over/);
  await assert.rejects(encodeTraining(trainer), /training is over/);
  assert.deepEqual(await trainer.learner.weights(), before);
});

test("a learner that is closed before its first step keeps nobody waiting", { skip: missing }, async () => {
  const [first, second] = engine.together(2);
  const [idle, busy] = [trainerOn(first, 1), trainerOn(second, 2)];
  await idle.learner.close?.();
  assert.deepEqual((await idle.result()).parameters, idle.rule.parameters);
  assert.deepEqual(await lossesOf(busy, 2), await lossesOf(trainerOn(engine, 2), 2));
});

test("growing without a pool, rollouts longer than a segment of the tape, the other objectives", {
  skip: missing,
}, async () => {
  const kinds: GivenOptions[] = [
    { regime: "growing", damaged: 0, damage: "circles", average: 0 },
    { rollout: [15, 19], objective: "mean" },
    { objective: "log", average: 0 },
  ];
  for (const kind of kinds) {
    const [got, expected] = await Promise.all(
      [engine, new WasmEngine(1)].map((engine) => {
        const rule = createRule({ ...SHAPE, rngSeed: 2 });
        return lossesOf(
          new Trainer(rule, growth(target, rule), { ...OPTIONS, ...kind, rngSeed: 2, engine }),
          5,
        );
      }),
    );
    assertNear(got, expected);
  }
});

test("a learner goes back to what it remembered", { skip: missing }, async () => {
  const trainer = trainerOn(engine, 3);
  await lossesOf(trainer, 2);
  await trainer.learner.remember();
  const { last } = await trainer.learner.weights();
  await lossesOf(trainer, 2);
  assert.notDeepEqual((await trainer.learner.weights()).last, last);
  await trainer.learner.goBack();
  assert.deepEqual(await trainer.learner.weights(), { last, average: last });
});
