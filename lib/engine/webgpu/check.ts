// Whether a device computes rollouts rightly: a small one and its gradient, beside the reference engine's. Drivers have faults.

import { emptyCells } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { Random } from "../../cells/random.js";
import { createRule, PARAMETERS } from "../../rule/rule.js";
import { strainsOf } from "../../rule/strains.js";
import { referenceRollout } from "../reference/reference.js";
import type { Device } from "./device.js";
import { Tape } from "./tape.js";

/** More than a tile each way, so that tiles meet, and few CA steps: no cell comes near its threshold by rounding alone. */
const [SIDE, STEPS, CHANNELS, HIDDEN] = [10, 3, 8, 12];
/** The largest error, as a share of the largest number. */
const MOST = 1e-3;

/** Throws EngineError where the device's numbers are not the reference engine's. */
export async function checkDevice(device: Device): Promise<void> {
  const random = new Random(1);
  const rule = createRule({ channels: CHANNELS, hidden: HIDDEN, rngSeed: 1 });
  for (const name of ["b1", "w2", "b2"] as const) {
    const weights = rule.parameters[name];
    for (let i = 0; i < weights.length; i++) weights[i] = random.uniform(-0.1, 0.1);
  }
  const cells = emptyCells(1, SIDE, SIDE, CHANNELS);
  for (let i = 0; i < cells.data.length / 2; i++) cells.data[i] = random.uniform(0.3, 1);
  const dLast = cells.data.map(() => random.uniform(-1, 1));
  const options = { steps: STEPS, rngSeed: 1 };
  const shape = { spec: rule.spec, height: SIDE, width: SIDE, batch: 1, rules: 1, strains: 1, trained: 0 };
  const tape = new Tape(device, shape, STEPS);
  const last = await tape.forward(strainsOf(rule), cells, options);
  const { dParameters } = await tape.backward(dLast, STEPS, false);
  tape.destroy();
  const reference = referenceRollout(rule, cells, options, "double");
  const expected = reference.backward(dLast).dParameters;
  const errors = {
    states: errorOf(last.data, reference.data),
    gradients: Math.max(...PARAMETERS.map((name) => errorOf(dParameters[name], expected[name]))),
  };
  for (const [what, error] of Object.entries(errors)) {
    if (error <= MOST) continue;
    throw new EngineError(
      `This GPU or its driver computes wrongly: ${what} are off by ${error.toPrecision(2)} of the largest, ` +
        `expected at most ${MOST}. Take the engine wasm, or another driver.`,
    );
  }
}

/** The largest difference, as a share of the largest expected number; infinite where one is not a number. */
function errorOf(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const one = Math.abs(got[i] - expected[i]);
    difference = Math.max(difference, one); // not a number stays one
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / scale;
}
