import type { Thread } from "../../lib/engine/threads.js";
import type { WasmEngine } from "../../lib/engine/wasm/wasm.js";

/** The engine's worker threads, which are nobody else's business. */
export function helpersOf(engine: WasmEngine): Thread[] {
  return (engine as unknown as { crew: { helpers: Thread[] } }).crew.helpers;
}
