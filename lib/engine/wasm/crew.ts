// The threads that share a job: this one and its helpers. Without shared memory or worker threads this one is alone.

import { EngineError, InvalidInputError } from "../../cells/errors.js";
import {
  canStartThreads,
  canWait,
  machineThreads,
  nodeThreads,
  startThread,
  type Thread,
} from "../threads.js";
import { helper } from "./helper.generated.js";
import type { HelperStart } from "./helper.js";
import { instantiate, type Kernels } from "./instance.js";
import {
  FINISHED,
  GENERATION,
  HELPERS,
  JOB,
  NEXT_SAMPLE,
  OK,
  OUT_OF_MEMORY,
  PROGRESS,
  PUBLISHED,
  RUNNING,
  SILENT_SECONDS,
  SLEEPERS,
  STATUS,
  THREAD_FAILED,
  THREAD_SILENT,
} from "./layout.js";
import { canShareMemory, compileKernels, createMemory, type KernelKind } from "./module.js";

/** The most threads that an engine may have. */
export const MAX_THREADS = 1024;

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
  return machineThreads();
}

function silentError(): EngineError {
  return new EngineError(
    `A thread of the engine has not moved for ${SILENT_SECONDS} s; it was stopped. Try again, ` +
      "or set NCA_THREADS=1 to work without threads.",
  );
}

export class Crew {
  readonly memory: WebAssembly.Memory = createMemory();
  /** How many threads there may be: one where no other can be started. */
  threads: number;
  private readonly module: WebAssembly.Module;
  private readonly kernels: Kernels;
  private readonly helpers: Thread[] = [];
  /** Helpers that hear of jobs: in a page a new one does so a little later. */
  private listening = 0;
  private lost?: string;

  constructor(
    threads: number,
    readonly kind: KernelKind,
  ) {
    this.module = compileKernels(kind);
    this.kernels = instantiate(this.module, this.memory);
    this.threads = canShareMemory() && canStartThreads() && canWait() ? threads : 1;
  }

  private get job(): Int32Array {
    return new Int32Array(this.memory.buffer, JOB);
  }

  /** How many threads, of so many, can have a part in the next job: starts the helpers that are missing. */
  available(threads: number): number {
    const wanted = Math.min(threads, this.threads);
    while (this.helpers.length < wanted - 1) this.helpers.push(this.start(this.helpers.length + 1));
    return Math.min(wanted, 1 + this.listening);
  }

  private start(thread: number): Thread {
    const isNode = nodeThreads() !== undefined;
    const generation = () => Atomics.load(this.job, GENERATION);
    const { module, memory } = this;
    const start: HelperStart = { module, memory, thread, ...(isNode && { generation: generation() }) };
    let isListening = isNode;
    const started = startThread(helper, {
      start,
      onMessage: () => {
        isListening = true;
        started.post(generation()); // from now on it hears of jobs
        this.listening++;
      },
      onLost: (why) => {
        if (isListening) this.lost ??= why;
        else this.threads = 1; // helpers cannot be started here: a page may be forbidden to
      },
    });
    if (isNode) this.listening++;
    return started;
  }

  /** Runs the job that is in memory on this many threads, which are `available`. Throws EngineError when it could not be finished. */
  run(threads: number): void {
    const job = this.job;
    if (threads > 1 && this.lost)
      throw new EngineError(`A thread of the engine was lost: ${this.lost}. Try again.`);
    for (const word of [NEXT_SAMPLE, FINISHED, HELPERS, SLEEPERS, PUBLISHED]) Atomics.store(job, word, 0);
    Atomics.store(job, STATUS, OK);
    const helpers = threads - 1;
    if (helpers > 0) {
      Atomics.store(job, RUNNING, this.listening);
      Atomics.add(job, GENERATION, 1);
      Atomics.notify(job, GENERATION);
    }
    this.work();
    const ended = () => Atomics.load(this.job, STATUS); // a new view: the memory may have grown
    if (helpers > 0 && ![THREAD_FAILED, THREAD_SILENT].includes(ended())) this.waitForHelpers();
    const status = ended();
    if (status === OUT_OF_MEMORY) {
      throw new EngineError(
        "The rollout needs more than the 4 GiB of memory that the engine can have, or than this machine has. " +
          "Use a smaller batch, fewer CA steps or a smaller grid.",
      );
    }
    if (status === THREAD_SILENT) throw silentError();
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
        throw silentError();
      }
      progress = moved;
      running = Atomics.load(job, RUNNING);
    }
  }

  /** Ends the helpers. The crew and its memory must not be used again: a lost thread may still write to it. */
  dispose(): void {
    for (const helper of this.helpers) void helper.terminate();
  }
}
