import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type Cells, emptyCells, seedCells } from "../../lib/cells/cells.js";
import { pictureLosses } from "../../lib/cells/picture-loss.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { createRule, type Rule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { resumeTraining, saveTraining } from "../../lib/train/resume.js";
import { DivergedError, Trainer } from "../../lib/train/trainer.js";
import { InterruptedError, train, training } from "../../lib/train/training.js";
import { bits } from "../engine/compare.js";

const folder = mkdtempSync(join(tmpdir(), "trainer-"));
after(() => rmSync(folder, { recursive: true }));

const target = await loadTarget("targets/lizard.png", { size: 16, padding: 4 });
const recipe = { batch: 4, poolSize: 16, rollout: [20, 30], rngSeed: 3 } as const;
const small = () => createRule({ hidden: 32, rngSeed: 1 });
const task = growth(target, small());
const weights = (rule: Rule) => Object.values(rule.parameters).map(bits);

for (const regime of ["growing", "persistent", "regenerating"] as const) {
  test(`a ${regime} rule learns`, async () => {
    const losses: number[] = [];
    const options = {
      ...recipe,
      regime,
      steps: 60,
      onStep: ({ loss }: { loss: number }) => losses.push(loss),
    };
    await train(small(), target, options);
    const late = losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10;
    assert.ok(late < 0.8 * losses[0], `from ${losses[0]} to ${late}`);
  });
}

test("the same rngSeed gives the same bytes, another one others", async () => {
  const [a, b, c] = [small(), small(), small()];
  await train(a, target, { ...recipe, steps: 10 });
  await train(b, target, { ...recipe, steps: 10 });
  await train(c, target, { ...recipe, steps: 10, rngSeed: 4 });
  assert.deepEqual(weights(a), weights(b));
  assert.notDeepEqual(weights(a), weights(c));
});

test("a training that goes on from its file ends in the bits of one that never stopped", async () => {
  const whole = small();
  await train(whole, target, { ...recipe, regime: "regenerating", steps: 12 });
  const path = join(folder, "rule.training");
  const first = new Trainer(small(), task, { ...recipe, regime: "regenerating", steps: 12 });
  for (let i = 0; i < 5; i++) await first.next();
  await saveTraining(first, path);
  const second = await resumeTraining(path, small(), task, {
    ...recipe,
    regime: "regenerating",
    steps: 12,
  });
  while (second.step < 12) await second.next();
  assert.deepEqual(weights(second.rule), weights(whole));
  assert.deepEqual(readdirSync(folder), ["rule.training"], "no temporary file is left behind");
  await assert.rejects(resumeTraining(path, small(), task, { ...recipe, steps: 12 }), /another training/);
  const wider = createRule({ hidden: 64 });
  await assert.rejects(resumeTraining(path, wider, task, { ...recipe, steps: 12 }), /another training/);
});

test("a signal stops the training within one step, and the weights so far remain", async () => {
  const rule = small();
  const controller = new AbortController();
  let steps = 0;
  const onStep = () => {
    if (++steps === 3) controller.abort();
  };
  await assert.rejects(
    train(rule, target, { ...recipe, steps: 100, onStep, signal: controller.signal }),
    (error) =>
      error instanceof InterruptedError && /Stopped at step 3 of 100; the rule keeps/.test(error.message),
  );
  assert.equal(steps, 3);
  const three = small();
  await train(three, target, { ...recipe, steps: 3 });
  assert.deepEqual(weights(rule), weights(three));
});

test("an interrupt of the process stops the training; leaving the loop takes the listener away", async () => {
  const listeners = process.listenerCount("SIGINT");
  const interrupted = train(small(), target, {
    ...recipe,
    steps: 100,
    onStep: ({ step }) => {
      if (step === 2) process.emit("SIGINT");
    },
  });
  await assert.rejects(interrupted, /Stopped at step 2 of 100/);
  for await (const { step } of training(small(), target, { ...recipe, steps: 100 })) if (step === 2) break;
  assert.equal(process.listenerCount("SIGINT"), listeners);
});

const breakages: Record<string, (rule: Rule) => void> = {
  "is no longer finite": (rule) => rule.parameters.w2.fill(Number.NaN),
  "cell of the batch is dead": (rule) => rule.parameters.b2.fill(-1),
  "log loss went up": (rule) => rule.parameters.b2.fill(0.3),
};
for (const [why, breakRule] of Object.entries(breakages)) {
  test(`a rule that breaks goes back to earlier weights: ${why}`, async () => {
    const rule = small();
    const trainer = new Trainer(rule, task, { ...recipe, learningRate: 1e-4, steps: 200 });
    while (trainer.step < 100) await trainer.next();
    const good = weights(rule).map((words) => words.slice()); // remembered in the next step, before its update
    await trainer.next();
    breakRule(rule);
    let rolledBack: string | undefined;
    while (!rolledBack && trainer.step < 200) ({ rolledBack } = await trainer.next());
    assert.match(rolledBack ?? "", new RegExp(why));
    assert.deepEqual(weights(rule), good);
    assert.equal(trainer.learningRate, 0.5e-4);
    assert.ok((await trainer.next()).logLoss < -0.5, "goes on");
  });
}

test("a training that breaks again and again gives up with the last good weights", async () => {
  const rule = small();
  const trainer = new Trainer(rule, task, { ...recipe, steps: 100 });
  const good = weights(rule).map((words) => words.slice());
  const again = () => {
    rule.parameters.w2.fill(Number.NaN);
    return trainer.next();
  };
  for (let i = 0; i < 5; i++) assert.match((await again()).rolledBack ?? "", /finite/);
  await assert.rejects(again, DivergedError);
  assert.deepEqual(weights(rule), good);
});

test("the weights' running mean comes out, if that is asked for", async () => {
  const mean = Object.values(small().parameters);
  const trainer = new Trainer(small(), task, { ...recipe, steps: 6 });
  while (trainer.step < 6) {
    await trainer.next();
    Object.values(trainer.rule.parameters).forEach((numbers, i) => {
      for (let k = 0; k < numbers.length; k++) mean[i][k] = 0.75 * mean[i][k] + 0.25 * numbers[k];
    });
  }
  const rule = small();
  await train(rule, target, { ...recipe, steps: 6, average: 0.75 });
  assert.deepEqual(weights(rule), mean.map(bits));
  assert.notDeepEqual(weights(rule), weights(trainer.rule));
});

test("a training that was rolled back resumes to the bits of one that never stopped", async () => {
  const path = join(folder, "broken.training");
  const options = { ...recipe, steps: 20, average: 0.8 };
  const run = async (stopAt: number[]) => {
    let trainer = new Trainer(small(), task, options);
    while (trainer.step < 20) {
      if (trainer.step === 5) trainer.rule.parameters.w1.fill(Number.NaN);
      await trainer.next();
      if (!stopAt.includes(trainer.step)) continue;
      await saveTraining(trainer, path);
      trainer = await resumeTraining(path, small(), task, options);
    }
    return [...weights(trainer.rule), ...weights(await trainer.result())];
  };
  assert.deepEqual(await run([3, 6, 10]), await run([]));
});

test("only samples that are whole are wounded, if that is asked for", async () => {
  const run = async (options: object) => {
    const trainer = new Trainer(small(), task, { ...recipe, steps: 4, ...options });
    while (trainer.step < 4) await trainer.next();
    return weights(trainer.rule);
  };
  const never = await run({ regime: "regenerating", woundBelow: Number.NEGATIVE_INFINITY });
  assert.deepEqual(never, await run({ regime: "persistent" }), "nothing is whole enough");
  assert.notDeepEqual(await run({ regime: "regenerating" }), never);
});

test("a batch of which every sample is wounded is no broken training", async () => {
  const options = { ...recipe, regime: "regenerating", fresh: 0, damaged: recipe.batch, steps: 5 } as const;
  const trainer = new Trainer(small(), task, options);
  while (trainer.step < 5) assert.equal((await trainer.next()).rolledBack, undefined);
});

test("a training that is further than it is asked to go is not resumed", async () => {
  const path = join(folder, "far.training");
  const trainer = new Trainer(small(), task, { ...recipe, steps: 3 });
  while (trainer.step < 3) await trainer.next();
  await saveTraining(trainer, path);
  const resume = (steps: number) => resumeTraining(path, small(), task, { ...recipe, steps });
  await assert.rejects(resume(2), /has done 3 training steps, but 2 are asked for/);
  assert.equal((await resume(3)).step, 3);
});

test("fresh samples replace the worst, or any", async () => {
  const seed = seedCells(1, target.height, target.width, 16);
  const lossOf = (cells: Cells) => [...pictureLosses(cells, target)];
  const seedLoss = lossOf(seed)[0];
  const run = async (replaced: "worst" | "any") => {
    const trainer = new Trainer(small(), task, { ...recipe, replaced, steps: 40 });
    let keptWorst = 0;
    while (trainer.step < 40) {
      const { before } = await (await trainer.next()).states();
      const [first, ...rest] = lossOf(before);
      assert.equal(first, seedLoss, "a seed in front");
      if (rest.some((loss, i) => i > 0 && loss > rest[0])) keptWorst++; // no longer in the order of losses
    }
    return keptWorst;
  };
  assert.equal(await run("worst"), 0);
  assert.ok((await run("any")) > 5);
});

test("a batch of one trains, growing or from a pool", async () => {
  for (const regime of ["growing", "persistent"] as const) {
    const rule = small();
    await train(rule, target, { ...recipe, batch: 1, regime, steps: 2 });
    assert.notDeepEqual(weights(rule), weights(small()));
  }
});

test("options out of range are named", () => {
  const refuses = (options: object, what: RegExp) =>
    assert.throws(() => new Trainer(small(), task, options), { name: "InvalidInputError", message: what });
  refuses({ regime: "sleeping" }, /regime "sleeping"/);
  refuses({ steps: 0 }, /steps is 0/);
  refuses({ batch: 8, poolSize: 4 }, /poolSize is 4/);
  refuses({ rollout: [90, 60] }, /from 90 to 60/);
  refuses({ learningRate: Number.NaN }, /learningRate is NaN/);
  refuses({ decay: [[10, 0]] }, /decay has \[10, 0\]/);
  refuses({ rngSeed: -1 }, /rngSeed is -1/);
  refuses({ regime: "growing", damaged: 2 }, /damaged is 2 in the regime growing/);
  refuses({ woundBelow: Number.NEGATIVE_INFINITY }, /woundBelow is -Infinity where no sample is wounded/);
  refuses({ damage: "circles-and-sides" }, /damage is circles-and-sides/);
});

test("a training that wounds nothing is another than one that wounds all", async () => {
  const path = join(folder, "wounds.training");
  const options = { ...recipe, regime: "regenerating", damaged: 1, steps: 4 } as const;
  await saveTraining(new Trainer(small(), task, { ...options, woundBelow: Number.NEGATIVE_INFINITY }), path);
  await assert.rejects(resumeTraining(path, small(), task, options), /another training/);
});

test("a training goes on with the engine that it began with alone: gradients are rounded in their own ways", async () => {
  const path = join(folder, "engine.training");
  const options = { ...recipe, steps: 4 };
  const trainer = new Trainer(small(), task, { ...options, engine: new ReferenceEngine() });
  await saveTraining(trainer, path);
  const other = resumeTraining(path, small(), task, { ...options, engine: new WasmEngine(1) });
  await assert.rejects(
    other,
    /another training: engine was "reference" and is "wasm" now\. Give the same options/,
  );
});

test("a step waits for the one before it, and what a training has come to is a copy", async () => {
  const trainer = new Trainer(small(), task, { ...recipe, steps: 4 });
  const first = trainer.next();
  await assert.rejects(trainer.next(), /A training step is under way/);
  assert.equal((await first).step, 1);
  const result = await trainer.result();
  const kept = weights(result).map((words) => words.slice());
  await trainer.next();
  assert.deepEqual(weights(result), kept);
});

test("one rule is trained once at a time", async () => {
  const rule = small();
  const running = train(rule, target, { ...recipe, steps: 3 });
  await assert.rejects(train(rule, target, { ...recipe, steps: 3 }), /being trained already/);
  await running;
  await train(rule, target, { ...recipe, steps: 1 });
});

test("a seed that the rule takes for dead is refused before the first step", () => {
  for (const spec of [{ aliveChannel: 0 }, { aliveThreshold: 1 }]) {
    const rule = createRule({ hidden: 8, ...spec });
    assert.throws(() => growth(target, rule), { name: "InvalidInputError", message: /dead where channel/ });
  }
  const unmasked = createRule({ hidden: 8, aliveMask: "none", aliveThreshold: 1 });
  assert.equal(
    growth(target, unmasked).broken({ cells: emptyCells(1, 24, 24, 16), contexts: [] }),
    undefined,
  );
});
