// Which rules an engine's kernels take.

import { DEFAULT_SPEC, type RuleSpec, specDifference } from "../rule/spec.js";

/** True for a rule in which all but these fields have their usual values, or a few words on one that has not. */
export function kernelsFor(spec: RuleSpec, fields: readonly (keyof RuleSpec)[]): true | string {
  const taken = Object.fromEntries(fields.map((name) => [name, spec[name]]));
  const other = specDifference(spec, { ...DEFAULT_SPEC, ...taken });
  return other === undefined || `has no kernels for ${other.name} ${other.values[0]}`;
}
