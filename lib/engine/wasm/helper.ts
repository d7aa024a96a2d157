// A helper of the engine's: a thread that waits for a job, works on it, reports that it is done, and waits again. Never
// imported: the build makes its text, so that a bundle stays one file.

import { instantiate } from "./instance.js";
import { GENERATION, JOB, RUNNING, STATUS, THREAD_FAILED } from "./layout.js";

/** What a helper is started with. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  /** The number of the last job that it has no part in; a page's helper is told later, when it is ready. */
  readonly generation?: number;
}

/** What a page's helper says when it may be told the generation. */
export const READY = "ready";

function prepared({ module, memory, thread }: HelperStart): (generation: number) => void {
  const kernels = instantiate(module, memory);
  const job = new Int32Array(memory.buffer, JOB);
  return (generation) => {
    for (let seen = generation; ; ) {
      Atomics.wait(job, GENERATION, seen);
      seen = Atomics.load(job, GENERATION);
      try {
        kernels.work(thread);
      } catch {
        Atomics.store(job, STATUS, THREAD_FAILED);
      }
      Atomics.sub(job, RUNNING, 1);
      Atomics.notify(job, RUNNING);
    }
  };
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node) {
  const start = node.workerData as HelperStart;
  prepared(start)(start.generation!);
} else {
  let work: ((generation: number) => void) | undefined;
  globalThis.onmessage = ({ data }: MessageEvent<HelperStart | number>) => {
    if (typeof data === "number") return work!(data);
    work = prepared(data);
    globalThis.postMessage(READY);
  };
}
