// The engines that the suite runs over: each must give the reference's bits.

import type { Engine } from "../../lib/engine/engine.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";

export const ENGINES: readonly Engine[] = [new ReferenceEngine(), new WasmEngine()];
