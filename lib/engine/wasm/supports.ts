// Which rules there are kernels for.

import type { RuleSpec } from "../../rule/spec.js";
import { kernelsFor } from "../supports.js";

/** Fields of a rule that the kernels take in every value. */
const FIELDS: readonly (keyof RuleSpec)[] = [
  "perception",
  "angle",
  "channels",
  "hidden",
  "fireRate",
  "aliveMask",
  "premultiplied",
];

/** True, or a few words on what there are no kernels for. */
export function hasKernelsFor(spec: RuleSpec): true | string {
  return kernelsFor(spec, FIELDS);
}
