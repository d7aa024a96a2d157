// A thread of the engine: it waits for a job, works on it, reports that it is done, and waits again.

import { workerData } from "node:worker_threads";
import { GENERATION, JOB, RUNNING, STATUS, THREAD_FAILED } from "./layout.js";
import { instantiate } from "./module.js";

/** What a thread is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly generation: number;
}

const { module, memory, thread, generation } = workerData as WorkerStart;
const kernels = instantiate(module, memory);
const job = new Int32Array(memory.buffer, JOB);
let seen = generation;
for (;;) {
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
