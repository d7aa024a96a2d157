// A perturbation: one matrix that every cell's state is multiplied by. It is written into the rule itself, so that all that takes
// a rule takes a perturbed one. Source: Randazzo et al. 2021, "Adversarial Reprogramming of Neural Cellular Automata", where
// the matrix is symmetric and acts on all cells in every CA step; here it is any matrix, and acts where a cell fires.

import type { Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { type InfectionOptions, infectionOf } from "../infection/infection.js";
import type { TrialsSummary } from "../infection/summary.js";
import { filtersOf } from "../rule/filters.js";
import { type Parameters, type Rule, zeroParameters } from "../rule/rule.js";
import type { Task } from "../train/task.js";

/** Which filter of a rule's perception is the cell itself. */
function identityOf({ spec }: Rule): number {
  return filtersOf(spec.perception).findIndex((filter) =>
    filter.every((weight, i) => weight === Number(i === 4)),
  );
}

/**
 * The rule with a perturbation: a cell that fires becomes x + dx + x M, so that its state is multiplied by I + M. The rule has
 * 2 C hidden units more, which hand the state on: relu(x) and relu(-x).
 *
 * @param matrix M, [C, C] row by row; all zero, which changes nothing, if not given
 * Throws InvalidInputError unless it holds C * C numbers.
 */
export function perturbed(rule: Rule, matrix?: Float32Array): Rule {
  const { channels: C, hidden: D } = rule.spec;
  const size = C * C;
  if (matrix && matrix.length !== size)
    throw new InvalidInputError(`The matrix holds ${matrix.length} numbers; [${C}, ${C}] needs ${size}.`);
  const spec = { ...rule.spec, hidden: D + 2 * C };
  const parameters = zeroParameters(spec);
  const { w1, b1, w2, b2 } = rule.parameters;
  for (let feature = 0; feature < w1.length / D; feature++)
    parameters.w1.set(w1.subarray(feature * D, (feature + 1) * D), feature * spec.hidden);
  parameters.b1.set(b1);
  parameters.w2.set(w2);
  parameters.b2.set(b2);
  const self = identityOf(rule) * C;
  for (let channel = 0; channel < C; channel++) {
    const feature = (self + channel) * spec.hidden + D;
    parameters.w1[feature + channel] = 1;
    parameters.w1[feature + C + channel] = -1;
  }
  for (let i = 0; matrix && i < size; i++) {
    parameters.w2[D * C + i] = matrix[i];
    parameters.w2[D * C + size + i] = -matrix[i];
  }
  return { ...rule, spec, parameters };
}

/** The matrix of a rule that `perturbed` made, and perhaps a training changed. */
export function matrixOf({ spec, parameters }: Rule): Float32Array {
  const { channels: C, hidden } = spec;
  const first = (hidden - 2 * C) * C;
  return parameters.w2.slice(first, first + C * C);
}

/** What is left of a gradient for the matrix: the two units of a pair learn alike, and nothing else learns. */
function narrowed(C: number): (gradient: Parameters) => void {
  return ({ w1, b1, w2, b2 }) => {
    const size = C * C;
    const first = w2.length - 2 * size;
    const slopes = Float64Array.from({ length: size }, (_, i) => w2[first + i] - w2[first + size + i]);
    for (const still of [w1, b1, w2, b2]) still.fill(0);
    slopes.forEach((slope, i) => {
      w2[first + i] = slope;
      w2[first + size + i] = -slope;
    });
  };
}

/**
 * The task of finding a matrix that turns a host's pattern into another picture. It trains `perturbed(host)`;
 * `matrixOf` tells the matrix of the result. It is measured as an infection of all cells at once.
 * Throws InvalidInputError as `infectionOf` does.
 */
export function perturbationOf(
  host: Rule,
  target: Target,
  options: Pick<InfectionOptions, "ages" | "rngSeed"> = {},
): Task<TrialsSummary> {
  const { height, width } = target;
  const all = height * width;
  const { ages } = options;
  const measured = { points: all, ...(ages && { ages }) };
  const task = infectionOf(perturbed(host), target, { ...options, spread: 1, points: [all, all], measured });
  return {
    ...task,
    description: { ...(task.description as object), kind: "perturbation" },
    narrow: narrowed(host.spec.channels),
  };
}
