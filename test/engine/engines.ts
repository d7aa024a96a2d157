// The engines that the suite runs over: each must give the reference's bits.

import type { SyncEngine } from "../../lib/engine/engine.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";

export const ENGINES: readonly SyncEngine[] = [new ReferenceEngine(), new WasmEngine()];
