// The compiled kernels: the binaries are text in a generated module, so that Node and a browser load them alike.

import { fromBase64 } from "../../cells/base64.js";
import { fused, plain } from "./kernels.generated.js";

/** The kernels whose sums are rounded after each product, and those that fuse a product and a sum. */
export type KernelKind = "plain" | "fused";
const BINARIES: Record<KernelKind, string> = { plain, fused };

export const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536; // 4 GiB, as compiled
const FIRST_PAGES = 16;

/** The memory that a binary imports, "env" "memory" with limits: shared, and not. */
const IMPORT = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2];
const WITH_MAXIMUM = 1;

/** Can memory be shared between threads here? Web pages need isolation headers for that. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

/** The bytes of a binary; for memory that is not shared where none can be. */
export function kernelBytes(kind: KernelKind): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(BINARIES[kind]);
  if (canShareMemory()) return bytes;
  const at = bytes.findIndex((_, i) => IMPORT.every((byte, j) => bytes[i + j] === byte));
  bytes[at + IMPORT.length] = WITH_MAXIMUM;
  return bytes;
}

export function compileKernels(kind: KernelKind): WebAssembly.Module {
  return new WebAssembly.Module(kernelBytes(kind));
}

export function createMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MAX_PAGES, shared: canShareMemory() });
}
