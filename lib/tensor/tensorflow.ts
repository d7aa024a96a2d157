// TensorFlow.js and its backend: tfjs-node where it is installed and works, else WASM.

import * as tf from "@tensorflow/tfjs";
import { InvalidInputError, NcaError } from "../cells/errors.js";

export const TENSORFLOW_BACKENDS = ["node", "wasm", "cpu"] as const;
/** `node` is tfjs-node, `wasm` the WebAssembly backend, `cpu` plain JavaScript. */
export type TensorFlowBackend = (typeof TENSORFLOW_BACKENDS)[number];

let chosen: Promise<TensorFlowBackend> | undefined;

/**
 * Makes TensorFlow.js ready on its fastest backend here; the environment variable NCA_TF_BACKEND (node, wasm or cpu)
 * overrides. Call it once before the first tensor; later calls return the same answer.
 */
export function ready(): Promise<TensorFlowBackend> {
  chosen ??= choose(globalThis.process?.env.NCA_TF_BACKEND).catch((error) => {
    chosen = undefined; // another try may be luckier
    throw error;
  });
  return chosen;
}

async function choose(wanted: string | undefined): Promise<TensorFlowBackend> {
  const order = TENSORFLOW_BACKENDS.filter((backend) => !wanted || backend === wanted);
  if (order.length === 0) {
    throw new InvalidInputError(
      `NCA_TF_BACKEND is "${wanted}"; expected one of ${TENSORFLOW_BACKENDS.join(", ")}.`,
    );
  }
  tf.enableProdMode(); // the one switch that keeps TensorFlow.js's banners out of a notebook
  const reasons: string[] = [];
  for (const backend of order) {
    try {
      await start(backend);
      return backend;
    } catch (error) {
      reasons.push(`${backend}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new NcaError(`TensorFlow.js has no backend that works here: ${reasons.join("; ")}.`);
}

/** Loads the backend and computes something with it, since one that loads may still not work. */
async function start(backend: TensorFlowBackend): Promise<void> {
  if (backend === "node") {
    process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // no C++ banner
    process.getBuiltinModule("node:module").createRequire(import.meta.url)("@tensorflow/tfjs-node");
  }
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  const name = backend === "node" ? "tensorflow" : backend;
  if (!(await tf.setBackend(name))) throw new Error("it does not start");
  const [sum] = tf.tidy(() => tf.add(tf.tensor1d([1]), 1).dataSync());
  if (sum !== 2) throw new Error(`1 + 1 gave ${sum}`);
}
