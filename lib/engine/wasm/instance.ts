// An instance of the compiled kernels on a memory.

/** What the kernels export. */
export interface Kernels {
  /** Does its part of the current job, as the thread of this number, until nothing is left to do. */
  work(thread: number): void;
  /** Whether a product and a sum are rounded once: 1, or 0. */
  fuses(): number;
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error("The engine's kernels aborted.");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
