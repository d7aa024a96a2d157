// A lizard that is turned into another: by a matrix, and by adversaries among its cells.

import assert from "node:assert/strict";
import test from "node:test";
import { adversariesOf } from "../../lib/adversarial/adversaries.js";
import { changedLizard } from "../../lib/adversarial/changes.js";
import { matrixOf, perturbationOf, perturbed } from "../../lib/adversarial/perturbation.js";
import { ALPHA, emptyCells, RGBA, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { engineNamed } from "../../lib/engine/engines.js";
import { stateAt } from "../../lib/engine/grow.js";
import { infectAtRandom, shareOf } from "../../lib/infection/infect.js";
import { summaryOfTrials } from "../../lib/infection/summary.js";
import { infectionTrials } from "../../lib/infection/trials.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import { withStrain } from "../../lib/rule/strains.js";
import { Trainer } from "../../lib/train/trainer.js";

const C = 16;
const engine = engineNamed("wasm");

/** A rule that moves: small random weights. */
function moving(rngSeed: number, options = {}): Rule {
  const rule = createRule({ hidden: 12, rngSeed, ...options });
  const random = new Random(rngSeed);
  for (const name of ["b1", "w2", "b2"] as const)
    rule.parameters[name].forEach((_, i, weights) => {
      weights[i] = random.uniform(-0.05, 0.05);
    });
  return rule;
}

/** Nine cells by nine that live, with random states. */
function patch(random: Random) {
  const cells = emptyCells(1, 9, 9, C);
  for (let i = 0; i < cells.data.length; i++) cells.data[i] = random.uniform(-0.5, 0.5);
  for (let at = ALPHA; at < cells.data.length; at += C) cells.data[at] = 0.6;
  return cells;
}

test("without a matrix a perturbed rule is the rule", async () => {
  for (const perception of ["sobel", "laplacian", "neighbourhood"] as const) {
    const rule = moving(1, { perception });
    const start = patch(new Random(2));
    const [one, other] = await Promise.all(
      [rule, perturbed(rule)].map((which) => stateAt(which, start, 12, { engine })),
    );
    assert.ok(
      one.data.every((value, i) => Math.abs(value - other.data[i]) < 1e-5),
      perception,
    );
  }
});

test("a cell that fires becomes x + dx + x M", async () => {
  const random = new Random(3);
  const matrix = Float32Array.from({ length: C * C }, () => random.uniform(-0.1, 0.1));
  for (const perception of ["sobel", "neighbourhood"] as const) {
    const rule = moving(4, { perception, fireRate: 1, aliveMask: "none" });
    const start = patch(random);
    const plain = await stateAt(rule, start, 1, { engine });
    const changed = await stateAt(perturbed(rule, matrix), start, 1, { engine });
    for (let at = 0; at < start.data.length; at += C)
      for (let c = 0; c < C; c++) {
        let more = 0;
        for (let k = 0; k < C; k++) more += start.data[at + k] * matrix[k * C + c];
        const expected = plain.data[at + c] + more;
        assert.ok(Math.abs(changed.data[at + c] - expected) < 1e-5, `${perception} ${at} ${c}`);
      }
  }
  assert.deepEqual(matrixOf(perturbed(moving(4), matrix)), matrix);
  assert.throws(() => perturbed(moving(4), matrix.subarray(1)), {
    name: "InvalidInputError",
    message: /255 numbers; \[16, 16\] needs 256/,
  });
});

test("a training of a matrix changes no other weight", async () => {
  const host = moving(5);
  const target = emptyCells(1, 12, 12, RGBA);
  target.data.fill(0.5);
  const start = perturbed(host);
  const task = perturbationOf(host, target, { ages: [0, 5], rngSeed: 1 });
  const trainer = new Trainer(start, task, { engine, steps: 4, batch: 2, poolSize: 4, rollout: [3, 5] });
  for (let step = 0; step < 4; step++) await trainer.next();
  const result = await trainer.result();
  const matrix = matrixOf(result);
  assert.ok(matrix.some((value) => value !== 0));
  assert.equal((task.description as { kind: string }).kind, "perturbation");
  const rebuilt = perturbed(host, matrix);
  for (const name of PARAMETERS) assert.deepEqual(result.parameters[name], rebuilt.parameters[name], name);
});

test("the tailless lizard lacks its tail alone, and the red one has green and red exchanged", () => {
  const lizard = emptyCells(1, 72, 72, RGBA);
  lizard.data.forEach((_, i) => {
    lizard.data[i] = [0.1, 0.7, 0.2, 1][i % RGBA];
  });
  const tailless = changedLizard(lizard, "tailless");
  const at = (x: number, y: number) => (y * 72 + x) * RGBA;
  assert.equal(tailless.data[at(50, 50) + ALPHA], 0);
  assert.equal(tailless.data[at(36, 36) + ALPHA], 1);
  assert.equal(tailless.data[at(34, 51) + ALPHA], 1); // a hind leg
  const { data } = changedLizard(lizard, "red");
  assert.deepEqual(
    Array.from(data.subarray(0, RGBA), (value) => +value.toFixed(3)),
    [0.7, 0.1, 0.2, 1],
  );
  assert.equal(lizard.data[0], Math.fround(0.1));
});

test("adversaries do not spread to living cells", async () => {
  const rule = createRule({ hidden: 8 }); // changes nothing
  const start = patch(new Random(6));
  const mixed = infectAtRandom(start, 1, 20, new Random(7));
  const strains = withStrain({ rules: [rule], spread: [[0]] }, rule, 0);
  const after = await stateAt(strains, mixed, 50, { engine });
  assert.deepEqual(after.strains, mixed.strains);
  assert.equal(shareOf(after, 1), 20 / 81);
  const task = adversariesOf(rule, emptyCells(1, 12, 12, RGBA), { points: [1, 1], ages: [0, 5] });
  assert.equal((task.description as { spread: number }).spread, 0);
  const few = adversariesOf(rule, emptyCells(1, 12, 12, RGBA), { points: [1, 1], ages: [0, 5] });
  const { infected } = await few.measure(rule, { engine, trials: 1 } as never);
  assert.equal(infected.median, 1); // one of one: the seed
});

test("trials tell when, for how long, and what is left once the infection is lifted", async () => {
  const rule = createRule({ hidden: 8 });
  const target = emptyCells(1, 9, 9, RGBA); // the seed is one cell of 81
  const seed = seedCells(1, 9, 9, C);
  for (let c = 0; c < RGBA; c++) target.data[(4 * 9 + 4) * RGBA + c] = seed.data[(4 * 9 + 4) * C + c];
  const options = { engine, ages: [0, 5] as const, within: 20, heldAt: 40, trials: 3, spread: 0 };
  const trials = await infectionTrials(rule, rule, target, { ...options, lifted: emptyCells(1, 9, 9, RGBA) });
  const { success, infected, logLoss, lifted } = summaryOfTrials(trials);
  assert.equal(success, 1);
  assert.deepEqual(Object.keys(logLoss), ["20", "40"]);
  assert.equal(infected.median, 1);
  // nobody moves: alpha of one cell in 81, of four channels
  for (const step of ["200", "1000"]) assert.ok(Math.abs(lifted[step].median - Math.log10(1 / 324)) < 1e-6);
  assert.deepEqual(summaryOfTrials(await infectionTrials(rule, rule, target, options)).lifted, {});
  const wrong = (what: object) => infectionTrials(rule, rule, target, { ...options, ...what });
  await assert.rejects(wrong({ heldAt: 10 }), { name: "InvalidInputError", message: /heldAt/ });
  await assert.rejects(wrong({ within: 1 }), { name: "InvalidInputError", message: /within/ });
});
