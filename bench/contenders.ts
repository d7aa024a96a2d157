// Who is measured: the engine and every peer, and what each can be asked for.

import { featuresOf } from "../lib/rule/rule.js";
import { JAX_PEER, PYTORCH_PEER, peerScript } from "./files.js";
import { type Peer, PeerProcess } from "./peers/start.js";
import { hasCuda, pythonWith } from "./python.js";
import type { Workload } from "./workloads.js";

/** The engine that all others are compared with. */
export const BASELINE = "wasm";
/** Our own on the processor: measured with its efficiency. */
export const OWN: readonly string[] = [BASELINE, "fused"];

export interface Contender {
  readonly impl: string;
  readonly threads: number;
  readonly start: () => Peer;
  /**
   * Of one that is too slow, or needs too much memory, for all turns and all CA steps of a workload: how many numbers a
   * rollout may have, senses and hidden units of every cell in every CA step. It has one turn, with as many CA steps as
   * this allows, and the time is scaled.
   */
  readonly numbers?: number;
  /** Seconds that its first turn may take, where it compiles what it computes. */
  readonly firstSeconds?: number;
  /** It needs a graphics card; a peer one of NVIDIA's, which this module of Python sees. */
  readonly onCard?: "webgpu" | "torch" | "jax";
}

/** Whether a contender's card is there; `gpu` is the one that WebGPU can use. */
export function hasItsCard({ onCard }: Contender, gpu: string | null): boolean {
  if (onCard === undefined) return true;
  return gpu !== null && (onCard === "webgpu" || hasCuda(onCard));
}

/** Compiling a CA step, forward and backward, on busy cores. */
const COMPILE_SECONDS = 300;

/** Room for 4 CA steps of the `paper` workload, 32 of `single`, about 1.4 GB; far beyond, it takes ten times as long. */
const JAX_NUMBERS = 30e6;
/** Room for 20 CA steps of the `paper` workload, about 2.4 GB by the sizes of the tensors that lib/tensor/ops.ts keeps. */
const TFJS_NODE_NUMBERS = 150e6;
/** Room for 5 CA steps of the `paper` workload, about 2 GB; the backend has 4 GB. */
const TFJS_WASM_NUMBERS = 40e6;
/** Room for one CA step of the `paper` workload, about 9 s. */
const TFJS_CPU_NUMBERS = 8e6;

/** The environment that keeps a peer to so many threads: the engine, and TensorFlow's native backend. */
const limits = (threads: number) => ({
  NCA_THREADS: `${threads}`,
  TF_NUM_INTRAOP_THREADS: `${threads}`,
  OMP_NUM_THREADS: `${threads}`,
});

export function contendersOf(threads: number): Contender[] {
  const node =
    (file: string, env: NodeJS.ProcessEnv = {}) =>
    () =>
      new PeerProcess(process.execPath, [peerScript(file)], { ...limits(threads), ...env });
  const tfjs = (backend: string) => node("tfjs", { NCA_TF_BACKEND: backend });
  const python =
    (module: string, ...args: string[]) =>
    () =>
      new PeerProcess(
        pythonWith(module)?.command ?? "python3",
        ["-B", ...args, `${threads}`],
        limits(threads),
      );
  const gpu = { threads: 1, firstSeconds: COMPILE_SECONDS };
  const torch = { ...gpu, onCard: "torch" } as const;
  return [
    ...OWN.map((impl) => ({ impl, threads, start: node("engine", { NCA_ENGINE: impl }) })),
    { ...gpu, impl: "webgpu", onCard: "webgpu", start: node("engine", { NCA_ENGINE: "webgpu" }) },
    { ...torch, impl: "pytorch-cuda", start: python("torch", PYTORCH_PEER, "cuda") },
    { ...torch, impl: "pytorch-cuda-compiled", start: python("torch", PYTORCH_PEER, "cuda-compiled") },
    { ...gpu, impl: "jax-cuda", onCard: "jax", start: python("jax", JAX_PEER, "cuda") },
    { impl: "pytorch", threads, start: python("torch", PYTORCH_PEER, "eager") },
    { impl: "pytorch-channels-last", threads, start: python("torch", PYTORCH_PEER, "channels-last") },
    {
      impl: "pytorch-compiled",
      threads,
      start: python("torch", PYTORCH_PEER, "compiled"),
      firstSeconds: COMPILE_SECONDS,
    },
    { impl: "jax", threads, start: python("jax", JAX_PEER, "cpu"), firstSeconds: COMPILE_SECONDS },
    { impl: "tfjs-node", threads, numbers: TFJS_NODE_NUMBERS, start: tfjs("node") },
    { impl: "jax-js", threads: 1, numbers: JAX_NUMBERS, start: node("jax-js") },
    { impl: "tfjs-wasm", threads: 1, numbers: TFJS_WASM_NUMBERS, start: tfjs("wasm") },
    { impl: "tfjs-cpu", threads: 1, numbers: TFJS_CPU_NUMBERS, start: tfjs("cpu") },
  ];
}

/** The training step of the library with all that surrounds the engine. */
export function trainer(impl: string, threads: number): Peer {
  return new PeerProcess(process.execPath, [peerScript("trainer")], { ...limits(threads), NCA_ENGINE: impl });
}

/** How many CA steps of a workload a contender is asked for. */
export function caStepsFor({ numbers }: Contender, { rule, cells, steps }: Workload): number {
  if (numbers === undefined) return steps;
  const aStep = cells.count * cells.height * cells.width * (featuresOf(rule.spec) + rule.spec.hidden);
  return Math.max(1, Math.min(steps, Math.floor(numbers / aStep)));
}
