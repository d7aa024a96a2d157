// The PyTorch original's rule as named tensors: a learned 3x3 convolution, then one of 1x1, as in
// Sequential(Conv2d(channels, hidden, 3, padding=1), ReLU(), Conv2d(hidden, channels, 1)).
// A learned 3x3 convolution is the perception `neighbourhood` and a dense layer, its weights in another order.
import { FileError } from "../../cells/errors.js";
import { asNeighbourhood } from "../../rule/convolution.js";
import { checkFinite, checkRule, type Rule } from "../../rule/rule.js";
import {
  DEFAULT_SPEC,
  MAX_CHANNELS,
  MAX_HIDDEN,
  MIN_CHANNELS,
  type RuleSpec,
  specData,
} from "../../rule/spec.js";
import { gridText } from "../checkpoint.js";
import { quotable } from "../file-errors.js";
import { encodeSafetensors } from "../safetensors/safetensors.js";
import type { Layer, StateTensor } from "./state-layers.js";

/** What a state dict does not say about the original's rule. */
const ORIGINAL = {
  ...DEFAULT_SPEC,
  perception: "neighbourhood",
  aliveMask: "pre",
  premultiplied: false,
} as const;
/** Places of a 3x3 convolution's kernel, row by row: the filters of `neighbourhood` in their order. */
const PLACES = 9;

/**
 * The rule that two convolutions make: weights [D, C, 3, 3] and [C, D, 1, 1], biases [D] and [C].
 *
 * @param spec what is known of the rule besides its sizes; the original's if not given
 * @throws FileError, naming `where`, for other shapes, or numbers that are not finite
 */
export function ruleOfLayers(
  [first, second]: [Layer, Layer],
  where: string,
  spec: RuleSpec = ORIGINAL,
): Rule {
  const [hidden, channels] = first.weight.shape;
  for (const [name, got, low, high] of [
    ["hidden units", hidden, 1, MAX_HIDDEN],
    ["channels", channels, MIN_CHANNELS, MAX_CHANNELS],
  ] as const) {
    if (got >= low && got <= high) continue;
    throw new FileError(
      `${where}: ${quotable(first.name)}.weight is [${first.weight.shape.slice(0, 8)}], ${got ?? "no"} ${name}; ` +
        `expected [hidden units, channels, 3, 3] with ${low} to ${high} ${name}.`,
    );
  }
  const read = (name: string, tensor: StateTensor, shape: readonly number[]) =>
    checkedNumbers(tensor, shape, `${where}: ${quotable(name)}`);
  const w1 = read(`${first.name}.weight`, first.weight, [hidden, channels, 3, 3]);
  const b1 = read(`${first.name}.bias`, first.bias, [hidden]);
  const w2 = read(`${second.name}.weight`, second.weight, [channels, hidden, 1, 1]);
  const b2 = read(`${second.name}.bias`, second.bias, [channels]);
  const parameters = {
    w1: reversed(w1, hidden, channels, PLACES),
    b1,
    w2: reversed(w2, channels, hidden, 1),
    b2,
  };
  return { spec: { ...spec, channels, hidden }, parameters };
}

function checkedNumbers(tensor: StateTensor, shape: readonly number[], what: string): Float32Array {
  if (`${tensor.shape}` !== `${shape}`) {
    throw new FileError(`${what} is [${tensor.shape.slice(0, 8)}], expected [${shape}].`);
  }
  const numbers = tensor.numbers();
  if (numbers.every(Number.isFinite)) return numbers;
  throw new FileError(`${what} holds a number that is not finite: its training went wrong.`);
}

/**
 * Numbers [a, b, c] as [c, b, a]: a convolution's weights [outputs, inputs, places] become a dense layer's
 * [places * inputs, outputs], and back.
 */
function reversed(numbers: Float32Array, a: number, b: number, c: number): Float32Array {
  const result = new Float32Array(numbers.length);
  let at = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) result[(k * b + j) * a + i] = numbers[at++];
    }
  }
  return result;
}

/**
 * The rule as a state dict in safetensors: model.0.weight [D, C, 3, 3], model.0.bias [D], model.2.weight [C, D, 1, 1]
 * and model.2.bias [C]. `safetensors.torch.load_file` reads it, and so do three lines of Python in models/README.md.
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
