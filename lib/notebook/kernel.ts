// The running tslab kernel, if this process is one. Importing "tslab" here could find another copy than the kernel's
// own, whose display is never ready; the kernel's `require` hands out the right one.

/** What tslab calls a display: one output of the cell that runs. */
export interface NotebookDisplay {
  png(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  html(text: string): void;
}

interface Tslab {
  readonly display: NotebookDisplay;
  /** An output of its own: every call after the first replaces what it shows. */
  newDisplay(): NotebookDisplay;
}

/** Source: tslab 1.0.22, dist/executor.js: cells run with `__tslab__.require`, which knows "tslab". */
interface KernelGlobal {
  readonly __tslab__?: { require(id: "tslab"): Tslab };
}

/** The kernel's display functions, or undefined outside a notebook. */
export function notebook(): Tslab | undefined {
  return (globalThis as KernelGlobal).__tslab__?.require("tslab");
}
