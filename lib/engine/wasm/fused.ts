// The same kernels with relaxed SIMD: a product and a sum are one instruction, rounded once. Faster, more exact, and the
// same bits wherever the processor fuses (x86 since 2013, ARM64); other bits than `wasm`.

import { instantiate } from "./instance.js";
import { compileKernels, createMemory, kernelBytes } from "./module.js";
import { WasmEngine } from "./wasm.js";

/** Node 20 has relaxed SIMD behind this flag, which it takes while it runs. */
const FLAG = "--experimental-wasm-relaxed-simd";

let answer: true | string | undefined;

/** True where a product and a sum are fused, or a few words on why they are not; found out once. */
export function canFuse(): true | string {
  answer ??= findOut();
  return answer;
}

function findOut(): true | string {
  const isValid = () => WebAssembly.validate(kernelBytes("fused"));
  if (!isValid()) globalThis.process?.getBuiltinModule?.("node:v8")?.setFlagsFromString?.(FLAG);
  if (!isValid()) return "needs relaxed SIMD, which this engine of JavaScript has not";
  const { fuses } = instantiate(compileKernels("fused"), createMemory());
  return fuses() !== 0 || "needs a processor that fuses a product and a sum";
}

/** Computes with fused arithmetic. Throws as `WasmEngine`, and where there is none: ask `canFuse` first. */
export class FusedEngine extends WasmEngine {
  override readonly name = "fused";

  /** With this many threads at most; all cores if not given. */
  constructor(threads?: number) {
    canFuse(); // sets what Node needs for it
    super(threads, "fused");
  }

  override supports(): true | string {
    return canFuse();
  }
}
