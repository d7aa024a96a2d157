// The GPU where the program runs: a page's or a worker's own WebGPU, in Node the package `webgpu` (Dawn).

import { EngineError } from "../../cells/errors.js";

/** The package that brings WebGPU to Node; nobody but this engine needs it. */
const PACKAGE = "webgpu";

/** Programs on the processor that pass for a card. */
const PROGRAMS = /swiftshader|llvmpipe/i;

/** What `create` has returned: the package ends the process where this is collected while a device lives. */
let kept: GPU | undefined;

/** Throws EngineError where there is no WebGPU, saying what to do. */
async function webGpu(): Promise<GPU> {
  const { gpu } = globalThis.navigator ?? {};
  if (gpu) return gpu;
  if (!globalThis.process?.versions?.node) {
    throw new EngineError(
      "This browser has no WebGPU, or the page is not served by https; take the engine wasm.",
    );
  }
  kept ??= await fromPackage();
  return kept;
}

async function fromPackage(): Promise<GPU> {
  try {
    const { create } = await import(/* @vite-ignore */ PACKAGE);
    return create([]);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new EngineError(
      `The engine webgpu needs the package ${PACKAGE}, which cannot be loaded (${why}): npm install ${PACKAGE}.`,
    );
  }
}

/** What computes. */
export interface Card {
  /** What the card and its driver are called. */
  readonly name: string;
  /** Whether it is no card, but a program on the processor. */
  readonly isProcessor: boolean;
}

/** A device with the limits that large batches want, as far as the adapter has them. Throws EngineError where there is none. */
export async function requestDevice(): Promise<Card & { readonly device: GPUDevice }> {
  const gpu = await webGpu();
  const isBrowser = gpu === globalThis.navigator?.gpu;
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new EngineError(
      "There is no GPU that WebGPU can use here (no adapter): " +
        `${isBrowser ? "let the browser use hardware acceleration" : "if the machine has a card, install its driver (Vulkan on Linux)"}; ` +
        "else take the engine wasm.",
    );
  }
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const requiredLimits = { maxStorageBufferBindingSize, maxBufferSize };
  const { vendor, architecture, device, description } = adapter.info;
  const name = [device || [vendor, architecture].filter(Boolean).join(" "), description]
    .filter(Boolean)
    .join(", ");
  const isProcessor = adapter.info.isFallbackAdapter || PROGRAMS.test(name);
  return { device: await adapter.requestDevice({ requiredLimits }), name: name || "a GPU", isProcessor };
}
