// The engines that exist, and the choice of one for a rule. This is the only place where lib makes an engine.

import { InvalidInputError } from "../cells/errors.js";
import type { RuleSpec } from "../rule/spec.js";
import type { Engine, SyncEngine } from "./engine.js";
import { ReferenceEngine } from "./reference/reference.js";
import { canFuse, FusedEngine } from "./wasm/fused.js";
import { WasmEngine } from "./wasm/wasm.js";
import { WebGpuEngine } from "./webgpu/webgpu.js";

/** In the order in which they are tried for a rule; `fused` and `webgpu`, whose bits are their own, are for those who ask. */
export const ENGINE_NAMES = ["wasm", "fused", "webgpu", "reference"] as const;
/** The engines that have the same bits everywhere. */
const EXACT: readonly EngineName[] = ["wasm", "reference"];
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

/** Messages that were given before. */
const said = new Set<string>();

/**
 * The fastest engine that supports a rule, or the one that the environment variable NCA_ENGINE names. Where the fastest
 * does not support the rule, `say` is told, once per process, which engine computes instead and why.
 */
export function engineFor(spec: RuleSpec, say: (text: string) => void = console.warn): Engine {
  const named = globalThis.process?.env.NCA_ENGINE;
  return named ? engineNamed(named) : fastest(every(), spec, say);
}

/** All engines, the fastest first, each made when it is asked for. */
function* every(): Generator<Engine, void> {
  for (const name of EXACT) yield engineNamed(name);
}

function* everySync(): Generator<SyncEngine, void> {
  for (const engine of every()) if (isSync(engine)) yield engine;
}

const isSync = (engine: Engine): engine is SyncEngine => "growSync" in engine;

/**
 * As `engineFor`, but only of the engines that also compute synchronously. Throws InvalidInputError where NCA_ENGINE
 * names one that does not.
 */
export function syncEngineFor(spec: RuleSpec, say: (text: string) => void = console.warn): SyncEngine {
  const named = globalThis.process?.env.NCA_ENGINE;
  if (!named) return fastest(everySync(), spec, say);
  const engine = engineNamed(named);
  if (isSync(engine)) return engine;
  throw new InvalidInputError(
    `NCA_ENGINE is ${named}, which cannot compute synchronously, as TensorFlow.js needs; expected a CPU engine.`,
  );
}

function fastest<E extends Engine>(engines: Iterable<E>, spec: RuleSpec, say: (text: string) => void): E {
  const reasons: string[] = [];
  for (const engine of engines) {
    const answer = engine.supports(spec);
    if (answer !== true) {
      reasons.push(`${engine.name} ${answer}`);
      continue;
    }
    const text = `This rule runs on the engine ${engine.name}, which is slow: ${reasons.join("; ")}.`;
    if (reasons.length > 0 && !said.has(text)) say(text);
    said.add(text);
    return engine;
  }
  throw new InvalidInputError(`No engine supports this rule: ${reasons.join("; ")}.`);
}
