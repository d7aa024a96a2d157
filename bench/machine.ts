// What the figures were taken on: they mean nothing without it.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import * as nca from "../lib/node.js";
import { packageFile } from "./files.js";
import { pythonWith } from "./python.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** The graphics card; null where there is none that WebGPU can use. */
  readonly gpu: string | null;
  /** By contender; null where it is not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
}

function packageVersion(name: string): string | null {
  try {
    return JSON.parse(readFileSync(packageFile(name), "utf8")).version;
  } catch {
    return null;
  }
}

/** The graphics card, unless what WebGPU finds computes on the processor. */
export async function gpuHere(): Promise<string | null> {
  const engine = new nca.WebGpuEngine();
  const card = await engine.card().catch(() => null);
  await engine.dispose();
  return card === null || card.isProcessor ? null : card.name;
}

export function machine(gpu: string | null): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    gpu,
    versions: {
      pytorch: pythonWith("torch")?.version ?? null,
      jax: pythonWith("jax")?.version ?? null,
      "tfjs-node": packageVersion("@tensorflow/tfjs-node"),
      "jax-js": packageVersion("@jax-js/jax"),
      "tfjs-wasm": packageVersion("@tensorflow/tfjs-backend-wasm"),
      "tfjs-cpu": packageVersion("@tensorflow/tfjs"),
    },
  };
}
