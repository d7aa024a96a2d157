// The PyTorch original's rule as named tensors: a learned 3x3 convolution, then one of 1x1, as in
// Sequential(Conv2d(channels, hidden, 3, padding=1), ReLU(), Conv2d(hidden, channels, 1)).
// A learned 3x3 convolution is the perception `neighbourhood` and a dense layer, its weights in another order.
import { asNeighbourhood } from "../../rule/convolution.js";
import { checkFinite, checkRule, type Rule } from "../../rule/rule.js";
import { specData } from "../../rule/spec.js";
import { gridText } from "../checkpoint.js";
import { reversed } from "../layers/reversed.js";
import { encodeSafetensors } from "../safetensors/safetensors.js";

/** Places of a 3x3 convolution's kernel, row by row: the filters of `neighbourhood` in their order. */
const PLACES = 9;

/**
 * The rule as a state dict in safetensors: model.0.weight [D, C, 3, 3], model.0.bias [D], model.2.weight [C, D, 1, 1]
 * and model.2.bias [C]. `safetensors.torch.load_file` reads it, and so do a few lines of Python in models/README.md.
 * Fixed filters are folded into the first weights, see `asNeighbourhood`: `decodeModel` reads a rule with perception
 * `neighbourhood` and otherwise the same specification, which grows the same picture.
 *
 * @throws InvalidInputError for a rule that could not be read back, such as one with a weight that is not finite
 */
export function encodeStateDict(rule: Rule): Uint8Array {
  checkRule(rule);
  const folded = asNeighbourhood(rule);
  checkFinite(folded.parameters);
  const { channels, hidden } = folded.spec;
  const { w1, b1, w2, b2 } = folded.parameters;
  const tensors = {
    "model.0.weight": { shape: [hidden, channels, 3, 3], data: reversed(w1, PLACES, channels, hidden) },
    "model.0.bias": { shape: [hidden], data: b1 },
    "model.2.weight": { shape: [channels, hidden, 1, 1], data: reversed(w2, 1, hidden, channels) },
    "model.2.bias": { shape: [channels], data: b2 },
  };
  const about = { format: "pt", rule: JSON.stringify(specData(folded.spec)) };
  return encodeSafetensors(tensors, { ...about, ...(rule.grid && { grid: gridText(rule.grid) }) });
}
