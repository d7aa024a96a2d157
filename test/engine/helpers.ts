import type { Thread } from "../../lib/engine/threads.js";
import * as L from "../../lib/engine/wasm/layout.js";
import type { WasmEngine } from "../../lib/engine/wasm/wasm.js";

interface Inside {
  readonly crew: { readonly helpers: Thread[]; readonly memory: WebAssembly.Memory };
}

/** The engine's worker threads, which are nobody else's business. */
export function helpersOf(engine: WasmEngine): Thread[] {
  return (engine as unknown as Inside).crew.helpers;
}

/** How often the first thread has shared out its work since its last rollout began. */
export function publishedBy(engine: WasmEngine): number {
  const words = new Uint32Array((engine as unknown as Inside).crew.memory.buffer);
  const thread = words[L.JOB / 4 + L.THREAD_TABLE] / 4;
  return words[thread + L.TICKETS] >>> 16; // see kernels/share.ts
}
