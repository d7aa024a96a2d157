// Adversaries: cells of another rule among a pattern's own, which do not spread to them and can only talk. Source: Randazzo
// et al. 2021, "Adversarial Reprogramming of Neural Cellular Automata".

import type { Target } from "../cells/cells.js";
import { type InfectionOptions, infectionOf } from "../infection/infection.js";
import type { TrialsSummary } from "../infection/summary.js";
import type { Rule } from "../rule/rule.js";
import type { Task } from "../train/task.js";

/**
 * The task of turning a host's pattern into another picture by cells among its own: an infection that does not spread. A cell that
 * comes alive beside an adversary is one as well, as its offspring.
 * `points` are the fewest and the most adversaries among the mature cells; it is measured with as many as lie in the middle.
 * Throws InvalidInputError as `infectionOf` does.
 */
export function adversariesOf(
  host: Rule,
  target: Target,
  options: Pick<InfectionOptions, "ages" | "rngSeed" | "points">,
): Task<TrialsSummary> {
  const { ages, points: [least, most] = [1, 3] } = options;
  const points = Math.round((least + most) / 2);
  return infectionOf(host, target, { ...options, spread: 0, measured: { points, ...(ages && { ages }) } });
}
