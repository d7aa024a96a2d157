import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { sampleOf, seedCells } from "../../lib/cells/cells.js";
import { EngineError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { batchOf } from "../../lib/cells/sample.js";
import type { Engine } from "../../lib/engine/engine.js";
import { defaultEngine } from "../../lib/engine/engines.js";
import { stateAt } from "../../lib/engine/grow.js";
import { Herd } from "../../lib/infection/herd.js";
import { infectAtRandom, matureCells, shareOf } from "../../lib/infection/infect.js";
import { INFECTION_RECIPE, infectionOf } from "../../lib/infection/infection.js";
import { summaryOfTrials } from "../../lib/infection/summary.js";
import { infectionTrials, type Trial } from "../../lib/infection/trials.js";
import { load } from "../../lib/io/load.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { cloneRule, createRule, type Rule } from "../../lib/rule/rule.js";
import { strainsOf, withStrain } from "../../lib/rule/strains.js";
import { resumeTraining, saveTraining } from "../../lib/train/resume.js";
import type { Task } from "../../lib/train/task.js";
import { Trainer } from "../../lib/train/trainer.js";
import { bits } from "../engine/compare.js";

const folder = mkdtempSync(join(tmpdir(), "infection-"));
after(() => rmSync(folder, { recursive: true }));

const lizard = await load("models/lizard.safetensors");
const target = await loadTarget("targets/coffin.png");
const grown = await stateAt(lizard, seedCells(2, 72, 72, 16), 100, { rngSeed: 1 });
const weights = (rule: Rule) => Object.values(rule.parameters).map(bits);

test("an infection starts in random mature cells, of every sample its own", () => {
  const cells = infectAtRandom(grown, 1, 3, new Random(1));
  const places = [0, 1].map((sample) => {
    const { strains } = sampleOf(cells, sample);
    return [...strains!.keys()].filter((cell) => strains![cell] === 1);
  });
  for (const [sample, infected] of places.entries()) {
    const mature = matureCells(grown, sample);
    assert.equal(infected.length, 3);
    assert.ok(infected.every((cell) => mature.includes(cell)));
  }
  assert.notDeepEqual(places[0], places[1]);
  assert.equal(grown.strains, undefined, "the cells given stay as they are");
  const empty = { ...grown, data: new Float32Array(grown.data.length) };
  assert.ok(infectAtRandom(empty, 1, 1, new Random(1)).strains!.every((strain) => strain === 0));
  assert.throws(() => infectAtRandom(grown, 1, 0, new Random(1)), /points is 0/);
});

test("a herd holds hosts of every age that was asked for", async () => {
  const herd = await Herd.of(lizard, seedCells(2, 72, 72, 16), { ages: [10, 22], rngSeed: 3 });
  const random = new Random(2);
  const found = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const { cells, age } = herd.take(random);
    const lives = await stateAt(lizard, seedCells(2, 72, 72, 16), age, { rngSeed: 3 });
    const life = [0, 1].find((life) => sampleOf(lives, life).data.every((x, at) => x === cells.data[at]));
    found.add(`${age} of life ${life}`);
  }
  const expected = [10, 15, 20].flatMap((age) => [0, 1].map((life) => `${age} of life ${life}`));
  assert.deepEqual([...found].sort(), expected.sort());
  const refuses = (ages: [number, number]) =>
    assert.rejects(Herd.of(lizard, seedCells(1, 9, 9, 16), { ages, rngSeed: 0 }), /age is/);
  await refuses([20, 10]);
  await refuses([-1, 10]);
});

test("training moves the infection alone, and it learns", async () => {
  const host = cloneRule(lizard);
  const rule = cloneRule(lizard);
  const task = infectionOf(host, target, { ages: [80, 100] });
  const trainer = new Trainer(rule, task, { ...INFECTION_RECIPE, steps: 24, batch: 4, poolSize: 8 });
  const losses: number[] = [];
  while (trainer.step < 24) losses.push((await trainer.next()).loss);
  assert.deepEqual(weights(host), weights(lizard), "the host is frozen");
  assert.notDeepEqual(weights(rule), weights(lizard));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(mean(losses.slice(-6)) < 0.8 * mean(losses.slice(0, 3)), `${losses}`);
  const { pool } = await trainer.learner.save();
  assert.ok(pool.strains.some((strain) => strain === 1));
});

test("training an infection goes on from its file in the same bits, and not against another host", async () => {
  const path = join(folder, "infection.training");
  const options = { ...INFECTION_RECIPE, steps: 6, batch: 3, poolSize: 6 };
  const taskOf = (host: Rule) => infectionOf(host, target, { ages: [20, 30] });
  const whole = new Trainer(cloneRule(lizard), taskOf(lizard), options);
  while (whole.step < 6) await whole.next();
  const first = new Trainer(cloneRule(lizard), taskOf(lizard), options);
  while (first.step < 3) await first.next();
  await saveTraining(first, path);
  const second = await resumeTraining(path, lizard, taskOf(lizard), options);
  while (second.step < 6) await second.next();
  assert.deepEqual(weights(second.rule), weights(whole.rule));
  const resume = (rule: Rule, task: Task) => resumeTraining(path, rule, task, options);
  await assert.rejects(resume(lizard, taskOf(createRule())), /another training/);
  await assert.rejects(resume(createRule(), taskOf(lizard)), /another training/);
});

test("an infection of several hosts has samples of each, in its own strain, and all are infected", async () => {
  const quiet = createRule({ rngSeed: 2 });
  const task = infectionOf(lizard, target, { ages: [60, 80], others: [lizard, quiet] });
  const { rules, trained } = task.strainsWith(lizard);
  assert.deepEqual([strainsOf(rules).rules.length, trained], [4, 3]);
  const random = new Random(6);
  const seen = new Set<number>();
  for (let i = 0; i < 12; i++) {
    const { cells } = await task.fresh(random, defaultEngine());
    const strains = new Set(cells.strains);
    assert.ok(strains.delete(3), "some cell is infected");
    assert.equal(strains.size, 1, "the others follow one host");
    for (const strain of strains) seen.add(strain);
    const living = cells.data.filter((value, at) => at % 16 === 3 && value > 0.1).length;
    assert.equal(living > 9, !strains.has(2), "the untrained host is its seed");
  }
  assert.deepEqual([...seen].sort(), [0, 1, 2]);
  assert.throws(() => infectionOf(lizard, target, { others: [lizard, lizard, lizard] }), /5 strains/);
});

test("trials: the host's own rule as its infection succeeds at once, an untrained one never", async () => {
  const own = await loadTarget("targets/lizard.png");
  const options = { trials: 3, ages: [100, 120], measured: [300] } as const;
  const trials = await infectionTrials(lizard, lizard, own, options);
  const good = summaryOfTrials(trials);
  assert.deepEqual([good.trials, good.success], [3, 1]);
  assert.equal(good.stepsToSuccess.median, 5);
  assert.deepEqual(Object.keys(good.logLoss), ["200", "300", "1000"]);
  assert.ok(good.logLoss[1000].worst < -4);
  assert.ok(good.cellsAStep.median! > 0.2 && good.cellsAStep.median! <= 1, `${good.cellsAStep.median}`);
  assert.ok(trials.every(({ age }) => age >= 100 && age <= 120));
  const two = await infectionTrials(lizard, lizard, own, { ...options, trials: 2 });
  assert.deepEqual(two, trials.slice(0, 2), "the same again, and few are the first of many");
  const refuses = (what: object, message: RegExp) =>
    assert.rejects(infectionTrials(lizard, lizard, own, what), { name: "InvalidInputError", message });
  await refuses({ trials: Number.NaN }, /trials is NaN/);
  await refuses({ ages: [30, 20] }, /oldest age is 20/);
  await refuses({ rngSeed: 1.5 }, /rngSeed is 1.5/);
  const never = await infectionTrials(lizard, createRule(), target, { trials: 2 });
  assert.equal(summaryOfTrials(never).success, 0);
});

test("a cure comes to hosts that were infected before", async () => {
  const task = infectionOf(withStrain(strainsOf(lizard), lizard, 0.5), target, { ages: [60, 100] });
  const random = new Random(5);
  const samples = [];
  for (let i = 0; i < 4; i++) samples.push(await task.fresh(random, defaultEngine()));
  const { cells } = batchOf(samples);
  const { rules, trained } = task.strainsWith(lizard);
  assert.equal(trained, 2);
  const cured = await stateAt(rules, cells, 150, { rngSeed: 1 });
  for (let sample = 0; sample < 4; sample++) {
    assert.ok(shareOf(cells, 1, sample) > 0.5, "infected before");
    assert.ok(shareOf(cured, 2, sample) > 0.95, `cured: ${shareOf(cured, 2, sample)}`);
  }
});

test("an infection that cannot be is refused when it is made", () => {
  const refuses = (options: object, message: RegExp) =>
    assert.throws(() => infectionOf(lizard, target, options), { name: "InvalidInputError", message });
  refuses({ ages: [10, 5] }, /oldest age is 5/);
  refuses({ spread: 7 }, /spread is 7/);
  refuses({ rngSeed: 1.5 }, /rngSeed is 1.5/);
  refuses({ points: [3, 1] }, /points, at most is 1/);
  refuses({ points: [1, 10_000] }, /points, at most is 10000; expected an integer from 1 to 5184/);
  assert.throws(() => infectionOf({ rules: [], spread: [] }, target), /0 strains; expected 1 to 4/);
});

test("an engine that fails once can be tried again", async () => {
  const inside = defaultEngine();
  let calls = 0;
  const grow: Engine["grow"] = (...args) =>
    calls++ === 0 ? Promise.reject(new EngineError("A thread was lost. Try again.")) : inside.grow(...args);
  const engine: Engine = { name: "once", supports: () => true, grow, rollout: inside.rollout };
  const task = infectionOf(lizard, target, { ages: [5, 5] });
  await assert.rejects(task.fresh(new Random(1), engine), /Try again/);
  assert.equal((await task.fresh(new Random(1), engine)).cells.count, 1);
});

test("a summary of trials counts what held", () => {
  const trial = (steps: number | undefined, at1000: number): Trial => ({
    age: 20,
    stepsToSuccess: steps,
    success: steps !== undefined,
    logLoss: { 200: -3.5, 1000: at1000 },
    infected: 1,
    cellsAStep: undefined,
  });
  const summary = summaryOfTrials([trial(50, -3.2), trial(undefined, -1), trial(undefined, Number.NaN)]);
  assert.equal(summary.success, 1 / 3);
  assert.equal(summary.stepsToSuccess.median, 50);
  assert.equal(summary.cellsAStep.median, null);
  assert.equal(summary.logLoss[1000].worst, Number.MAX_VALUE);
});
