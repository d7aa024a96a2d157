// The WebGPU engine on whatever WebGPU there is: on a machine without a graphics card that is SwiftShader, a driver for the
// processor that comes with Debian's chromium.

import { existsSync } from "node:fs";
import { Random } from "../../lib/cells/random.js";
import { WebGpuEngine } from "../../lib/engine/webgpu/webgpu.js";
import { randomCells, randomRule } from "./cases.js";

const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";
if (existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES ??= SWIFTSHADER;

export const engine = new WebGpuEngine();

/** Why there is nothing to test: no adapter; false where there is one. */
export async function whyMissing(): Promise<string | false> {
  const rule = randomRule(new Random(1));
  const cells = randomCells(new Random(1), 1, 1, 1, rule.spec.channels);
  try {
    await engine.grow(rule, cells, { steps: 0, rngSeed: 0 });
    return false;
  } catch (error) {
    const { message } = error as Error;
    if (/no adapter|needs the package/.test(message)) return message;
    throw error;
  }
}
