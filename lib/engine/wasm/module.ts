// The compiled kernels: the binaries are text in a generated module, so that Node and a browser load them alike.

import { fromBase64 } from "../../cells/base64.js";
import { shared, single } from "./kernels.generated.js";

/** What the kernels export. */
export interface Kernels {
  /** Does its part of the current job, as the thread of this number, until nothing is left to do. */
  work(thread: number): void;
}

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

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error("The engine's kernels aborted.");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
