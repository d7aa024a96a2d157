// The engine's side in a worker of its own. Never imported: the build makes its text.

import { EngineError } from "../../cells/errors.js";
import type { SyncRollout } from "../engine.js";
import { nodeThreads } from "../threads.js";
import { FusedEngine } from "../wasm/fused.js";
import { WasmEngine } from "../wasm/wasm.js";
import { type Answers, errorData, type Reply, type Request } from "./protocol.js";

/** What the worker is started with. */
export interface ServerStart {
  readonly threads: number;
  readonly isFused: boolean;
}

function answering({ threads, isFused }: ServerStart): (request: Request) => Reply {
  const engine = isFused ? new FusedEngine(threads) : new WasmEngine(threads);
  const rollouts = new Map<number, SyncRollout>();
  const known = (rollout: number): SyncRollout => {
    const run = rollouts.get(rollout);
    if (run) return run;
    throw new EngineError(`There is no rollout ${rollout} in the engine's worker: it was released.`);
  };
  const answers: Answers = {
    grow: (rules, cells, options) => engine.growSync(rules, cells, options),
    rollout: (rules, cells, options, rollout) => {
      const run = engine.rolloutSync(rules, cells, options);
      rollouts.set(rollout, run);
      return run.cells;
    },
    backward: (rollout, dCells) => known(rollout).backward(dCells),
    parameterGradient: (rollout, dCells) => known(rollout).parameterGradient(dCells),
    release: (rollout) => void rollouts.delete(rollout),
  };
  return ({ id, method, args }) => {
    try {
      return { id, value: (answers[method] as (...args: readonly unknown[]) => unknown)(...args) };
    } catch (error) {
      return { id, error: errorData(error) };
    }
  };
}

const node = nodeThreads();
if (node) {
  const answer = answering(node.workerData as ServerStart);
  node.parentPort!.on("message", (request: Request) => node.parentPort!.postMessage(answer(request)));
} else {
  let answer: ((request: Request) => Reply) | undefined;
  globalThis.onmessage = ({ data }: MessageEvent<ServerStart & Request>) => {
    if (answer) globalThis.postMessage(answer(data));
    else answer = answering(data);
  };
}
