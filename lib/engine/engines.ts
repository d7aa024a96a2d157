// The engines there are, and which one computes a rule: the only place where lib makes one.

import { InvalidInputError } from "../cells/errors.js";
import type { RuleSpec } from "../rule/spec.js";
import type { SyncEngine } from "./engine.js";
import { ReferenceEngine } from "./reference/reference.js";
import { WasmEngine } from "./wasm/wasm.js";

/** The fastest first. */
export const ENGINE_NAMES = ["wasm", "reference"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

const MAKERS: Record<EngineName, () => SyncEngine> = {
  wasm: () => new WasmEngine(),
  reference: () => new ReferenceEngine(),
};

const made = new Map<EngineName, SyncEngine>();

/** The process's engine of this name, made when it is first asked for. Throws InvalidInputError for any other name. */
export function engineNamed(name: string): SyncEngine {
  const known = ENGINE_NAMES.find((one) => one === name);
  if (!known) {
    throw new InvalidInputError(`There is no engine "${name}"; expected one of ${ENGINE_NAMES.join(", ")}.`);
  }
  const engine = made.get(known) ?? MAKERS[known]();
  made.set(known, engine);
  return engine;
}

/** Reasons that were said before. */
const said = new Set<string>();

/**
 * The fastest engine that supports a rule, or the one that the environment variable NCA_ENGINE names. Where the fastest
 * does not support it, `say` hears once a process which engine computes instead and why.
 */
export function engineFor(spec: RuleSpec, say: (text: string) => void = console.warn): SyncEngine {
  const named = globalThis.process?.env.NCA_ENGINE;
  if (named) return engineNamed(named);
  const reasons: string[] = [];
  for (const name of ENGINE_NAMES) {
    const engine = engineNamed(name);
    const answer = engine.supports(spec);
    if (answer !== true) {
      reasons.push(`${name} ${answer}`);
      continue;
    }
    const text = `This rule runs on the engine ${name}, which is slow: ${reasons.join("; ")}.`;
    if (reasons.length > 0 && !said.has(text)) say(text);
    said.add(text);
    return engine;
  }
  throw new InvalidInputError(`No engine supports this rule: ${reasons.join("; ")}.`);
}
