// One rollout and its gradient on WebGPU, beside the reference engine: the same code runs in Node and in a browser's page.

import { seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WebGpuEngine } from "../../lib/engine/webgpu/webgpu.js";
import { PARAMETERS } from "../../lib/rule/rule.js";
import { randomRule } from "../engine/cases.js";
import { relativeError } from "../engine/compare.js";

/** The largest errors of the last state and of the gradient, or why there is no GPU. */
export async function gpuErrors(): Promise<{ states: number; gradients: number } | { missing: string }> {
  const rule = randomRule(new Random(3), {
    ...{ channels: 16, hidden: 32, perception: "sobel", angle: 0, fireRate: 0.5, aliveMask: "pre-and-post" },
  });
  const cells = seedCells(2, 12, 19, 16);
  const options = { steps: 8, rngSeed: 5 };
  const expected = referenceRollout(rule, cells, options, "double");
  const engine = new WebGpuEngine();
  try {
    const run = await engine.rollout(rule, cells, options);
    const dLast = cells.data.map((_, i) => Math.sin(i));
    const { dParameters } = await run.backward(dLast);
    const exact = expected.backward(dLast).dParameters;
    const errors = PARAMETERS.map((name) => relativeError(dParameters[name], exact[name]));
    return { states: relativeError(run.cells.data, expected.data), gradients: Math.max(...errors) };
  } catch (error) {
    const { message } = error as Error;
    if (/no adapter|no WebGPU/.test(message)) return { missing: message };
    throw error;
  } finally {
    await engine.dispose();
  }
}
