// The WebAssembly engine in a worker of its own: whoever uses it goes on meanwhile, so that a page keeps drawing. Where
// memory can be shared, which a page needs isolation headers for, the worker has helpers.

import type { Cells } from "../../cells/cells.js";
import { checkInteger, checkOneOf, EngineError, InvalidInputError } from "../../cells/errors.js";
import type { Rules } from "../../rule/strains.js";
import type { Engine, Rollout, RolloutOptions, TapedOptions } from "../engine.js";
import { startThread, type Thread } from "../threads.js";
import { defaultThreads, MAX_THREADS } from "../wasm/crew.js";
import { canFuse } from "../wasm/fused.js";
import { type Answers, errorData, errorOf, type Method, type Reply, type Request } from "./protocol.js";
import type { ServerStart } from "./server.js";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerEngine implements Engine {
  readonly name: string;
  private readonly worker: Thread;
  private readonly waiting = new Map<number, Waiting>();
  /** Rollouts whose gradient nobody can ask for any more. */
  private readonly unused = new FinalizationRegistry<number>((rollout) => this.release(rollout));
  private asked = 0;
  private lost?: string;

  /** As `engineInWorker` starts it: `source` is the text of `server.ts`. */
  constructor(source: string, start: ServerStart) {
    this.name = start.isFused ? "fused" : "wasm";
    this.worker = startThread(source, {
      start,
      isBackground: false,
      onMessage: (message) => this.hear(message as Reply),
      onLost: (why) => this.end(why),
    });
  }

  supports(): true {
    return true;
  }

  grow(rules: Rules, cells: Cells, options: RolloutOptions): Promise<Cells> {
    return this.ask("grow", rules, cells, options);
  }

  async rollout(rules: Rules, cells: Cells, options: TapedOptions): Promise<Rollout> {
    const held = { number: this.asked }; // lives as long as one of the methods below
    const run: Rollout = {
      cells: await this.ask("rollout", rules, cells, options, held.number),
      backward: (dCells) => this.ask("backward", held.number, dCells),
      parameterGradient: (dCells) => this.ask("parameterGradient", held.number, dCells),
    };
    this.unused.register(held, held.number);
    return run;
  }

  private release(rollout: number): void {
    if (this.lost === undefined) this.ask("release", rollout).catch(() => {}); // lost meanwhile: nothing is held
  }

  /** Ends the worker. What is under way is rejected with EngineError, and so is everything from then on. */
  dispose(): void {
    void this.worker.terminate();
    this.end("it was disposed of");
  }

  private ask<M extends Method>(
    method: M,
    ...args: globalThis.Parameters<Answers[M]>
  ): Promise<ReturnType<Answers[M]>> {
    if (this.lost !== undefined) return Promise.reject(this.lostError());
    const request: Request = { id: this.asked++, method, args };
    return new Promise((resolve, reject) => {
      try {
        this.worker.post(request);
        this.waiting.set(request.id, { resolve, reject });
      } catch (error) {
        reject(
          new InvalidInputError(`This cannot be sent to the engine's worker: ${errorData(error).message}`),
        );
      }
    });
  }

  private hear(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(errorOf(reply.error));
    else waiting?.resolve(reply.value as never);
  }

  private end(why: string): void {
    this.lost ??= why;
    for (const { reject } of this.waiting.values()) reject(this.lostError());
    this.waiting.clear();
  }

  private lostError(): EngineError {
    return new EngineError(`The engine's worker was lost (${this.lost}); start another: engineInWorker().`);
  }
}

export interface WorkerOptions {
  /** At most so many threads; all cores if not given. One where memory cannot be shared. */
  readonly threads?: number;
  /** `wasm` if not given; `fused` where there is fused arithmetic. */
  readonly engine?: "wasm" | "fused";
}

/**
 * The WebAssembly engine in a worker, in a page or in Node: `await train(rule, target, { engine })` then blocks nothing.
 * It gives the same bits as the one in this thread. `dispose` it, or the process does not end. Throws InvalidInputError
 * for a number of threads that cannot be.
 */
export async function engineInWorker(options: WorkerOptions = {}): Promise<WorkerEngine> {
  const { threads = defaultThreads(), engine = "wasm" } = options;
  checkInteger("threads", threads, 1, MAX_THREADS);
  checkOneOf("engine", engine, ["wasm", "fused"]);
  const fuses = engine === "fused" ? canFuse() : true;
  if (fuses !== true) throw new InvalidInputError(`The engine fused ${fuses}; take wasm.`);
  const { server } = await import("./server.generated.js"); // of no use to anyone else: it comes when it is asked for
  return new WorkerEngine(server, { threads, isFused: engine === "fused" });
}
