// The threads that share a job: this one and its helpers. Without shared memory or worker threads this one is alone.

import { EngineError, InvalidInputError } from "../../cells/errors.js";
import {
  GENERATION,
  JOB,
  NEXT_SAMPLE,
  OK,
  OUT_OF_MEMORY,
  PROGRESS,
  RUNNING,
  SILENT_SECONDS,
  STATUS,
  THREAD_FAILED,
  TICKETS,
} from "./layout.js";
import { canShareMemory, compileKernels, createMemory, instantiate, type Kernels } from "./module.js";
import type { WorkerStart } from "./worker.js";

/** The most threads that an engine may have. */
export const MAX_THREADS = 1024;

type WorkerThreads = typeof import("node:worker_threads");
type Worker = InstanceType<WorkerThreads["Worker"]>;

/** Node's worker threads where there are any; asked for at run time, so that a browser can load this file. */
function workerThreads(): WorkerThreads | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}

/**
 * How many threads this machine runs at once; NCA_THREADS overrides this. Throws InvalidInputError where that is not
 * such a number.
 */
export function defaultThreads(): number {
  const asked = globalThis.process?.env.NCA_THREADS;
  if (asked) {
    const threads = Number(asked);
    if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
    throw new InvalidInputError(
      `NCA_THREADS is "${asked}"; expected a whole number from 1 to ${MAX_THREADS}, or nothing for all cores.`,
    );
  }
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  return os?.availableParallelism() ?? 1;
}

export class Crew {
  readonly memory: WebAssembly.Memory = createMemory();
  readonly threads: number;
  private readonly module = compileKernels();
  private readonly kernels: Kernels = instantiate(this.module, this.memory);
  private readonly workers: Worker[] = [];
  private lost?: string;

  constructor(threads: number) {
    this.threads = canShareMemory() && workerThreads() ? threads : 1;
  }

  private get job(): Int32Array {
    return new Int32Array(this.memory.buffer, JOB);
  }

  /** Starts helpers until there are `count`. */
  private hire(count: number): void {
    const { Worker } = workerThreads()!;
    const script = new URL("./worker.js", import.meta.url);
    while (this.workers.length < count) {
      const workerData: WorkerStart = {
        module: this.module,
        memory: this.memory,
        thread: this.workers.length + 1,
        generation: Atomics.load(this.job, GENERATION),
      };
      // without the process's own flags, some of which a worker refuses
      const worker = new Worker(script, { workerData, execArgv: [] });
      worker.on("error", (error) => {
        this.lost = error.message;
      });
      worker.on("exit", (code) => {
        this.lost ??= `it ended with code ${code}`;
      });
      worker.unref();
      this.workers.push(worker);
    }
  }

  /** Runs the job that is in memory on this many threads. Throws EngineError when it could not be finished. */
  run(threads: number): void {
    const job = this.job;
    if (this.lost) throw new EngineError(`A thread of the engine was lost: ${this.lost}. Try again.`);
    Atomics.store(job, NEXT_SAMPLE, 0);
    Atomics.store(job, STATUS, OK);
    Atomics.store(job, TICKETS, 0);
    const helpers = threads - 1;
    if (helpers > 0) {
      this.hire(helpers);
      Atomics.store(job, RUNNING, this.workers.length);
      Atomics.add(job, GENERATION, 1);
      Atomics.notify(job, GENERATION);
    }
    this.work();
    if (helpers > 0 && Atomics.load(job, STATUS) !== THREAD_FAILED) this.waitForHelpers();
    const status = Atomics.load(this.job, STATUS);
    if (status === OUT_OF_MEMORY) {
      throw new EngineError(
        "The rollout needs more than the 4 GiB of memory that the engine can have, or than this machine has. " +
          "Use a smaller batch, fewer CA steps or a smaller grid.",
      );
    }
    if (status !== OK) throw new EngineError("A thread of the engine failed.");
  }

  /** Does this thread's share. Even after a failure the helpers must still be waited for. */
  private work(): void {
    try {
      this.kernels.work(0);
    } catch {
      Atomics.store(this.job, STATUS, THREAD_FAILED);
    }
  }

  private waitForHelpers(): void {
    const job = this.job;
    let progress = Atomics.load(job, PROGRESS);
    let running = Atomics.load(job, RUNNING);
    while (running > 0) {
      const outcome = Atomics.wait(job, RUNNING, running, 1000 * SILENT_SECONDS);
      const moved = Atomics.load(job, PROGRESS);
      if (outcome === "timed-out" && moved === progress) {
        throw new EngineError(
          `A thread of the engine has not moved for ${SILENT_SECONDS} s; it was stopped. Try again, ` +
            "or set NCA_THREADS=1 to work without threads.",
        );
      }
      progress = moved;
      running = Atomics.load(job, RUNNING);
    }
  }

  /** Ends the helpers. The crew and its memory must not be used again: a lost thread may still write to it. */
  dispose(): void {
    for (const worker of this.workers) void worker.terminate();
  }
}
