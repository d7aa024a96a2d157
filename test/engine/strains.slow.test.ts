import assert from "node:assert/strict";
import test from "node:test";
import { type Cells, sampleOf, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import { type Strains, strainsOf, withStrain } from "../../lib/rule/strains.js";
import { type Case, randomCase, randomRule } from "./cases.js";
import { bits, relativeError } from "./compare.js";
import { ENGINES } from "./engines.js";
import { unusualCase } from "./unusual.js";

interface MixedCase extends Omit<Case, "rule"> {
  readonly strains: Strains;
  readonly trained: number;
}

/** A random case with two to four strains thrown at random over its cells. */
function mixedCase(index: number): MixedCase {
  const { rule, cells, name, ...rest } = index % 2 === 0 ? randomCase(index) : unusualCase(index, 16);
  const random = new Random(index + 5000);
  const count = random.integer(2, 5);
  const rules = Array.from({ length: count }, () =>
    randomRule(random, { ...rule.spec, rngSeed: random.next() }),
  );
  const spread = rules.map(() => rules.map(() => [0, 0.2, 0.5, 1][random.integer(0, 4)]));
  const of = Uint8Array.from({ length: cells.data.length / cells.channels }, () => random.integer(0, count));
  return {
    ...rest,
    strains: { rules, spread },
    trained: random.integer(0, count),
    cells: { ...cells, strains: of },
    name: `${name} spread ${JSON.stringify(spread)}`,
  };
}

for (const engine of ENGINES) {
  test(`${engine.name}: sparse equals dense with mixed strains, bit for bit`, async () => {
    let spreadTo = 0;
    for (let index = 0; index < 250; index++) {
      const { name, strains, cells, ...options } = mixedCase(index);
      const dense = referenceRollout(strains, cells, options, "single");
      for (const grown of [
        await engine.grow(strains, cells, options),
        (await engine.rollout(strains, cells, options)).cells,
      ]) {
        assert.deepEqual(bits(grown.data), bits(dense.data as Float32Array), `case ${index}: ${name}`);
        assert.deepEqual(grown.strains, dense.strains, `case ${index}, strains: ${name}`);
      }
      if (dense.strains.some((strain, i) => strain > 0 && strain !== cells.strains![i])) spreadTo++;
    }
    assert.ok(spreadTo > 100, `strains spread in ${spreadTo} cases only`);
  });

  test(`${engine.name}: gradients through cells of all strains equal the reference's, the others' are frozen`, async () => {
    let compared = 0;
    for (let index = 0; index < 100; index++) {
      const { name, strains, cells, trained, ...options } = mixedCase(index);
      const random = new Random(index + 1000);
      const dLast = Float32Array.from(cells.data, () => random.uniform(-1, 1));
      const rollout = await engine.rollout(strains, cells, { ...options, trained });
      const plain = referenceRollout(strains, cells, { ...options, trained }, "double");
      if (relativeError(rollout.cells.data, plain.data) > 1e-4) continue; // a mask flipped on a rounding error
      compared++;
      const got = await rollout.backward(dLast);
      const expected = plain.backward(dLast);
      assert.ok(relativeError(got.dCells.data, expected.dCells) < 1e-4, `case ${index}, dCells: ${name}`);
      for (const parameter of PARAMETERS) {
        const error = relativeError(got.dParameters[parameter], expected.dParameters[parameter]);
        assert.ok(error < 1e-4, `case ${index}, ${parameter} ${error}: ${name}`);
      }
    }
    assert.ok(compared > 85, `only ${compared} cases compared`);
  });
}

test("the reference's gradient of one strain equals central differences", () => {
  const H = 1e-6;
  let compared = 0;
  for (let index = 0; index < 12; index++) {
    const { name, strains, cells, trained, ...options } = mixedCase(index);
    const random = new Random(index + 2000);
    const weights = Float64Array.from(cells.data, () => random.uniform(-1, 1));
    const w2 = Float64Array.from(strains.rules[trained].parameters.w2);
    const rules = strains.rules.slice();
    rules[trained] = { ...rules[trained], parameters: { ...rules[trained].parameters, w2: w2 as never } };
    const loss = () => {
      const { data } = referenceRollout({ ...strains, rules }, cells, options, "double");
      return weights.reduce((sum, weight, i) => sum + weight * data[i], 0);
    };
    const all = { ...options, trained };
    const { dParameters } = referenceRollout({ ...strains, rules }, cells, all, "double").backward(weights);
    for (let i = 0; i < 3; i++) {
      const at = random.integer(0, w2.length);
      const value = w2[at];
      const slope = (distance: number) => {
        w2[at] = value + distance;
        const up = loss();
        w2[at] = value - distance;
        const down = loss();
        w2[at] = value;
        return (up - down) / (2 * distance);
      };
      // where a mask or a ReLU flips within the distance, the loss has no slope to compare with
      if (Math.abs(slope(H) - slope(H / 2)) > 1e-5 * Math.max(1, Math.abs(slope(H)))) continue;
      if (dParameters.w2[at] !== 0) compared++;
      const difference = Math.abs(slope(H) - dParameters.w2[at]);
      assert.ok(difference <= 1e-4 * Math.max(1, Math.abs(slope(H))), `case ${index}, w2[${at}]: ${name}`);
    }
  }
  assert.ok(compared > 6, `only ${compared} slopes compared`);
});

test("mixed strains give the same bits with one thread or three, in batches of one and of many", () => {
  const engines = [1, 2, 3].map((threads) => new WasmEngine(threads));
  const random = new Random(3);
  const rules = [1, 2].map(() =>
    randomRule(random, {
      aliveMask: "pre-and-post",
      perception: "sobel",
      angle: 0,
      fireRate: 0.5,
      channels: 16,
      hidden: 32,
    }),
  );
  const strains = withStrain(strainsOf(rules[0]), rules[1], 0.3);
  for (const count of [1, 3]) {
    const shape = { count, height: 64, width: 70, channels: 16, premultiplied: true };
    const data = Float32Array.from({ length: count * 64 * 70 * 16 }, () => random.uniform(-0.3, 0.3));
    const of = Uint8Array.from({ length: count * 64 * 70 }, () => random.integer(0, 2));
    const cells: Cells = { ...shape, data, strains: of };
    const runs = engines.map((engine) => {
      const run = engine.rolloutSync(strains, cells, { steps: 40, rngSeed: 3, trained: 1 });
      return { cells: run.cells, ...run.backward(data) };
    });
    for (const run of runs.slice(1)) assert.deepEqual(run, runs[0], `a batch of ${count}`);
  }
});

const rules = [1, 2].map((rngSeed) => {
  const random = new Random(rngSeed);
  return randomRule(random, { ...createRule().spec, hidden: 16 });
});
const grown = new WasmEngine(1).growSync(rules[0], seedCells(2, 24, 24, 16), { steps: 12, rngSeed: 5 });
const area = 2 * 24 * 24;

for (const engine of ENGINES) {
  test(`${engine.name}: a pattern wholly of one strain lives by that strain's rule alone`, async () => {
    const options = { steps: 9, rngSeed: 4 };
    for (const strain of [0, 1]) {
      const all = { ...grown, strains: new Uint8Array(area).fill(strain) };
      const mixed = await engine.grow(withStrain(strainsOf(rules[0]), rules[1], 0.5), all, options);
      assert.deepEqual(bits(mixed.data), bits((await engine.grow(rules[strain], grown, options)).data));
      assert.ok(sampleOf(mixed, 1).strains!.length === area / 2);
    }
  });

  test(`${engine.name}: a strain spreads by one cell a step at most, with the probability asked for`, async () => {
    const still = { ...createRule({ hidden: 4, aliveMask: "none" }) }; // an untrained rule changes nothing
    const size = 201;
    const middle = (size * size) >> 1;
    const after = async (spread: number, steps: number) => {
      const cells = seedCells(1, size, size, 16);
      const one = { ...cells, strains: new Uint8Array(size * size) };
      one.strains[middle] = 1;
      const strains = withStrain(strainsOf(still), still, spread);
      return (await engine.grow(strains, one, { steps, rngSeed: 1 })).strains!;
    };
    const infected = (strains: Uint8Array) => strains.reduce((sum, strain) => sum + strain, 0);
    assert.equal(infected(await after(0, 50)), 1);
    assert.equal(infected(await after(1, 50)), 101 * 101);
    const half = infected(await after(0.5, 50));
    assert.ok(half > 1000 && half < 101 * 101, `${half}`);

    // a chessboard of infected cells, two apart: every other cell has one beside it and tosses one coin
    const cells = seedCells(1, size, size, 16);
    const lone = Uint8Array.from({ length: size * size }, (_, i) =>
      Number((i % size) % 2 === 1 && Math.floor(i / size) % 2 === 1),
    );
    const before = infected(lone);
    for (const chance of [0.1, 0.5, 0.9]) {
      const strains = withStrain(strainsOf(still), still, chance);
      const grown = await engine.grow(strains, { ...cells, strains: lone }, { steps: 1, rngSeed: 7 });
      const coins = size * size - before;
      const sigma = Math.sqrt(coins * chance * (1 - chance));
      const got = infected(grown.strains!) - before;
      assert.ok(Math.abs(got - chance * coins) < 4 * sigma, `${got} of ${coins} at ${chance}`);
    }
  });

  test(`${engine.name}: strains that do not go together are named`, async () => {
    const options = { steps: 1, rngSeed: 0 };
    const refuses = (strains: Strains, cells: Cells, what: RegExp) =>
      assert.rejects(engine.grow(strains, cells, options), {
        name: "InvalidInputError",
        message: what,
      });
    await refuses({ rules: [], spread: [] }, grown, /0 strains; expected 1 to 4/);
    await refuses({ rules, spread: [[0, 0]] }, grown, /spread is \[\[0,0\]\]; 2 strains need a row each/);
    await refuses(
      {
        rules,
        spread: [
          [0, 0],
          [2, 0],
        ],
      },
      grown,
      /spread is 2/,
    );
    assert.throws(
      () => withStrain(strainsOf(rules[0]), createRule({ hidden: 8 }), 1),
      /share one specification/,
    );
    const strains = withStrain(strainsOf(rules[0]), rules[1], 1);
    await refuses(strains, { ...grown, strains: new Uint8Array(3) }, /strains hold 3 numbers/);
    await refuses(
      strains,
      { ...grown, strains: new Uint8Array(area).fill(2) },
      /of strain 2; there are 2 rules/,
    );
  });
}
