// The rule of fixtures/counted.pt: PyTorch's tensors each count up from -1 in steps of 1/64.

import type { Rule } from "../../lib/rule/rule.js";
import { DEFAULT_SPEC } from "../../lib/rule/spec.js";

/** Built from the definition of a convolution, number by number. */
export function counted(channels: number, hidden: number): Rule {
  const number = (i: number) => i / 64 - 1;
  const w1 = new Float32Array(9 * channels * hidden);
  const w2 = new Float32Array(hidden * channels);
  for (let d = 0; d < hidden; d++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          // a hidden unit's weight for the neighbour y - 1 rows below and x - 1 columns to the right
          const feature = (3 * y + x) * channels + c;
          w1[feature * hidden + d] = number(((d * channels + c) * 3 + y) * 3 + x);
        }
      }
      w2[d * channels + c] = number(c * hidden + d);
    }
  }
  const counting = (length: number) => Float32Array.from({ length }, (_, i) => number(i));
  return {
    spec: {
      ...DEFAULT_SPEC,
      perception: "neighbourhood",
      angle: 0,
      channels,
      hidden,
      fireRate: 0.5,
      aliveMask: "pre",
      premultiplied: false,
    },
    parameters: { w1, b1: counting(hidden), w2, b2: counting(channels) },
  };
}
