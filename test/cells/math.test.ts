import assert from "node:assert/strict";
import test from "node:test";
import { cosSin, log10, power } from "../../lib/cells/math.js";
import { Random } from "../../lib/cells/random.js";

test("the logarithm is Math's within its last bits, and as Math has it at the ends", () => {
  const random = new Random(1);
  for (let i = 0; i < 2000; i++) {
    const value = random.uniform(1, 10) * power(10, random.integer(0, 30)) * 1e-15;
    const [got, expected] = [log10(value), Math.log10(value)];
    assert.ok(Math.abs(got - expected) <= 2e-15 * Math.max(1, Math.abs(expected)), `${value}: ${got}`);
  }
  for (const value of [1, 1e-320, 5e-324, Number.MAX_VALUE]) {
    assert.ok(Math.abs(log10(value) - Math.log10(value)) < 1e-12, `${value}: ${log10(value)}`);
  }
  assert.equal(log10(1), 0);
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(log10(value), Math.log10(value));
  }
});

test("cosine and sine are Math's within their last bits, and exact at 0", () => {
  assert.deepEqual(cosSin(0), [1, 0]);
  const random = new Random(2);
  for (let i = 0; i < 2000; i++) {
    const angle = random.uniform(-20, 20);
    const [cos, sin] = cosSin(angle);
    assert.ok(Math.abs(cos - Math.cos(angle)) < 1e-14 && Math.abs(sin - Math.sin(angle)) < 1e-14, `${angle}`);
  }
});

test("a power by multiplication", () => {
  assert.equal(power(2, 10), 1024);
  assert.equal(power(0.5, 0), 1);
  assert.ok(Math.abs(power(0.999, 1000) - 0.999 ** 1000) < 1e-14);
});
