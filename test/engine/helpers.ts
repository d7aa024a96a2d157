import type { Worker } from "node:worker_threads";
import type { WasmEngine } from "../../lib/engine/wasm/wasm.js";

/** The engine's worker threads, which are nobody else's business. */
export function helpersOf(engine: WasmEngine): Worker[] {
  return (engine as unknown as { crew: { workers: Worker[] } }).crew.workers;
}
