// Which rules there are kernels for.

import { DEFAULT_SPEC, type RuleSpec, specDifference } from "../../rule/spec.js";

/** Fields of a rule that there are kernels for: all others must have their usual values. */
type Supported = Pick<
  RuleSpec,
  "perception" | "angle" | "channels" | "hidden" | "fireRate" | "aliveMask" | "premultiplied"
>;

/** True, or a few words on what there are no kernels for. */
export function hasKernelsFor(spec: RuleSpec): true | string {
  const { perception, angle, channels, hidden, fireRate, aliveMask, premultiplied, ...rest } = spec;
  const supported: Supported = { perception, angle, channels, hidden, fireRate, aliveMask, premultiplied };
  const other = specDifference({ ...supported, ...rest }, { ...DEFAULT_SPEC, ...supported });
  return other === undefined || `has no kernels for ${other.name} ${other.values[0]}`;
}
