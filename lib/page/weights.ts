// All weights of a rule as one list, tensor after tensor.

import { InvalidInputError } from "../cells/errors.js";
import { PARAMETERS, type Parameters, parameterCount, zeroParameters } from "../rule/rule.js";
import type { RuleSpec } from "../rule/spec.js";

export function weightsOf(parameters: Parameters): Float32Array {
  return Float32Array.from(PARAMETERS.flatMap((name) => [...parameters[name]]));
}

/** Throws InvalidInputError unless there are as many as the specification says. */
export function parametersOf(weights: Float32Array, spec: RuleSpec): Parameters {
  if (weights.length !== parameterCount(spec))
    throw new InvalidInputError(`There are ${weights.length} weights; expected ${parameterCount(spec)}.`);
  const parameters = zeroParameters(spec);
  let at = 0;
  for (const name of PARAMETERS) {
    parameters[name].set(weights.subarray(at, at + parameters[name].length));
    at += parameters[name].length;
  }
  return parameters;
}
