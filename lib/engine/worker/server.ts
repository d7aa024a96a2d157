// The engine's side in a worker of its own. Never imported: the build makes its text.

import type { SyncRollout } from "../engine.js";
import { nodeThreads } from "../threads.js";
import { WasmEngine } from "../wasm/wasm.js";
import { type Answers, errorData, type Reply, type Request } from "./protocol.js";

/** What the worker is started with. */
export interface ServerStart {
  /** All cores if not given. */
  readonly threads?: number;
}

function answering({ threads }: ServerStart): (request: Request) => Reply {
  const engine = new WasmEngine(threads);
  const rollouts = new Map<number, SyncRollout>();
  const answers: Answers = {
    grow: (rules, cells, options) => engine.growSync(rules, cells, options),
    rollout: (rules, cells, options, rollout) => {
      const run = engine.rolloutSync(rules, cells, options);
      rollouts.set(rollout, run);
      return run.cells;
    },
    backward: (rollout, dCells) => rollouts.get(rollout)!.backward(dCells),
    parameterGradient: (rollout, dCells) => rollouts.get(rollout)!.parameterGradient(dCells),
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
