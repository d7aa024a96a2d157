// Measures the share of the machine that a training step reaches: see kernels/peak.ts.

import { readFileSync } from "node:fs";
import { canFuse } from "../lib/engine/wasm/fused.js";

interface Peak {
  repeat(times: number): number;
}

const RUNS = 2000; // a few milliseconds
const TRIES = 40;

/** Billions of floating point operations a second of one core, with plain and with fused arithmetic; 0 where there is none. */
export type Peaks = Readonly<Record<"wasm" | "fused", number>>;

/** The best of many short tries, and of earlier ones. */
export function peaksOf(earlier: Peaks = { wasm: 0, fused: 0 }): Peaks {
  return {
    wasm: Math.max(earlier.wasm, peakOf("wasm")),
    fused: canFuse() === true ? Math.max(earlier.fused, peakOf("fused")) : 0,
  };
}

function peakOf(impl: keyof Peaks): number {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const module = new WebAssembly.Module(readFileSync(new URL(`peak-${impl}.wasm`, import.meta.url)));
  const { repeat } = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Peak;
  const operations = RUNS * repeat(RUNS);
  let best = 0;
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now();
    repeat(RUNS);
    best = Math.max(best, operations / (performance.now() - start) / 1e6);
  }
  return best;
}
