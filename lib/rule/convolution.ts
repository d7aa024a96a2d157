// A rule as a learned 3x3 convolution: fixed filters and the dense layer after them are one, as both are linear.

import { filtersOf } from "./filters.js";
import type { Rule } from "./rule.js";

/** Cells of a 3x3 neighbourhood, row by row: the filters of the perception `neighbourhood` in their order. */
const PLACES = 9;

/**
 * The same rule with the perception `neighbourhood`: w1 [9 * C, D] is the sum over k of filter[k][j] * w1[k, c], in
 * float64 and rounded once; the other weights are shared. A rule that perceives so already is returned as it is.
 */
export function asNeighbourhood(rule: Rule): Rule {
  const { spec, parameters } = rule;
  if (spec.perception === "neighbourhood") return rule;
  const { channels, hidden } = spec;
  const filters = filtersOf(spec.perception, spec.angle);
  const w1 = new Float32Array(PLACES * channels * hidden);
  for (let at = 0; at < w1.length; at++) {
    const [place, rest] = [Math.floor(at / (channels * hidden)), at % (channels * hidden)];
    w1[at] = filters.reduce(
      (sum, filter, k) => sum + filter[place] * parameters.w1[k * channels * hidden + rest],
      0,
    );
  }
  return {
    ...rule,
    spec: { ...spec, perception: "neighbourhood", angle: 0 },
    parameters: { ...parameters, w1 },
  };
}
