// One rollout and its gradient on WebGPU, beside the reference engine: the same code runs in Node and in a browser's page.

import { cellsOf, RGBA, seedCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import type { Engine } from "../../lib/engine/engine.js";
import { referenceRollout } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { WebGpuEngine } from "../../lib/engine/webgpu/webgpu.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import type { TrainingStep } from "../../lib/train/trainer.js";
import { train } from "../../lib/train/training.js";
import { randomRule } from "../engine/cases.js";
import { relativeError } from "../engine/compare.js";

/** The losses of the first steps of a training, on WebGPU and on wasm, or why there is no GPU; also in a worker. */
export async function gpuLosses(): Promise<{ gpu: number[]; wasm: number[] } | { missing: string }> {
  const data = new Float32Array(12 * 12 * RGBA);
  for (let y = 3; y < 9; y++) data.fill(0.8, (y * 12 + 3) * RGBA, (y * 12 + 9) * RGBA);
  const target = cellsOf(data, { height: 12, width: 12 });
  const engine = new WebGpuEngine();
  const lossesOn = async (engine: Engine) => {
    const losses: number[] = [];
    const onStep = ({ loss }: TrainingStep) => losses.push(loss);
    const sizes = { batch: 2, poolSize: 4, rollout: [6, 8], steps: 4, rngSeed: 2 } as const;
    await train(createRule({ hidden: 16, channels: 8, rngSeed: 2 }), target, { ...sizes, engine, onStep });
    return losses;
  };
  try {
    return { gpu: await lossesOn(engine), wasm: await lossesOn(new WasmEngine(1)) };
  } catch (error) {
    return missingOr(error);
  } finally {
    await engine.dispose();
  }
}

function missingOr(error: unknown): { missing: string } {
  const { message } = error as Error;
  if (/no adapter|no WebGPU/.test(message)) return { missing: message };
  throw error;
}

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
    return missingOr(error);
  } finally {
    await engine.dispose();
  }
}

/** As `gpuLosses`, computed in a worker of the page. */
export function gpuLossesInWorker(): ReturnType<typeof gpuLosses> {
  const code = `import(${JSON.stringify(import.meta.url)}).then((it) => it.gpuLosses()).then(postMessage, (error) => postMessage({ missing: error.message }))`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), {
    type: "module",
  });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}
