// The compiled kernels: the binaries are text in a generated module, so that Node and a browser load them alike.

import { fromBase64 } from "../../cells/base64.js";
import { shared, single } from "./kernels.generated.js";

export const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536; // 4 GiB, as compiled
const FIRST_PAGES = 16;

/** Can memory be shared between threads here? Web pages need isolation headers for that. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(fromBase64(canShareMemory() ? shared : single));
}

export function createMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MAX_PAGES, shared: canShareMemory() });
}
