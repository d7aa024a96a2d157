// The engines that exist. This is the only place where lib makes an engine.

import { InvalidInputError } from "../cells/errors.js";
import type { Engine, SyncEngine } from "./engine.js";
import { ReferenceEngine } from "./reference/reference.js";
import { canFuse, FusedEngine } from "./wasm/fused.js";
import { WasmEngine } from "./wasm/wasm.js";
import { WebGpuEngine } from "./webgpu/webgpu.js";

/** `fused` and `webgpu` have bits of their own, and are for those who ask; the others have the same bits everywhere. */
export const ENGINE_NAMES = ["wasm", "fused", "webgpu", "reference"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

const MAKERS: Record<EngineName, () => Engine> = {
  wasm: () => new WasmEngine(),
  fused: fusedOrError,
  webgpu: () => new WebGpuEngine(),
  reference: () => new ReferenceEngine(),
};

function fusedOrError(): Engine {
  const fuses = canFuse();
  if (fuses === true) return new FusedEngine();
  throw new InvalidInputError(`The engine fused ${fuses}; take wasm.`);
}

const made = new Map<EngineName, Engine>();

/** The process's engine of this name, made when it is first asked for. Throws InvalidInputError for any other name. */
export function engineNamed(name: "webgpu"): WebGpuEngine;
export function engineNamed(name: string): Engine;
export function engineNamed(name: string): Engine {
  const known = ENGINE_NAMES.find((one) => one === name);
  if (!known) {
    throw new InvalidInputError(`There is no engine "${name}"; expected one of ${ENGINE_NAMES.join(", ")}.`);
  }
  const engine = made.get(known) ?? MAKERS[known]();
  made.set(known, engine);
  return engine;
}

/** The engine that computes where none is given: `wasm`, or the one that the environment variable NCA_ENGINE names. */
export function defaultEngine(): Engine {
  return engineNamed(globalThis.process?.env.NCA_ENGINE || "wasm");
}

const isSync = (engine: Engine): engine is SyncEngine => "growSync" in engine;

/** The same for what must compute synchronously. Throws InvalidInputError where NCA_ENGINE names one that does not. */
export function defaultSyncEngine(): SyncEngine {
  const engine = defaultEngine();
  if (isSync(engine)) return engine;
  throw new InvalidInputError(
    `NCA_ENGINE is ${engine.name}, which cannot compute synchronously, as TensorFlow.js needs; expected a CPU engine.`,
  );
}
