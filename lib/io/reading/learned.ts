// Learned 3x3 convolutions as rules: the one form of others' weights that says all about its perception, so that it is
// read without growing anything.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import { DEFAULT_SPEC } from "../../rule/spec.js";
import { chooseModel } from "../layers/choose.js";
import type { FoundModel } from "../layers/find.js";
import type { Tensors } from "../layers/matrices.js";
import { type LayerWeights, weightsOf } from "../layers/weights.js";
import { DISTILLS, givenOf, type Reading, type ReadOptions, refuseGiven, ruleOf } from "./reading.js";

/** What the PyTorch original's files do not say. */
const ORIGINAL: Reading = { ...DISTILLS, aliveMask: "pre", premultiplied: false };

/** Whether the model perceives by nine learned weights a channel. */
export const isLearned = ({ filters }: FoundModel): boolean => filters === 9;

/** What such a file leaves open. */
export const OPEN = ["boundary", "aliveMask", "premultiplied", "fireRate"] as const;

/**
 * The rule of learned convolutions: the PyTorch original's, but for what the caller gives.
 *
 * @throws InvalidInputError for an option about fixed filters
 */
export function originalRule(model: FoundModel, weights: LayerWeights, options: ReadOptions = {}): Rule {
  refuseGiven(options, "the convolution is a learned one, which says it", OPEN);
  const rule = ruleOf(model, weights, { ...ORIGINAL, ...givenOf(options) });
  return { ...rule, spec: { ...DEFAULT_SPEC, ...rule.spec } };
}

/** The only learned rule among these tensors. @throws FileError for others, fixed filters among them */
export function learnedRule(tensors: Tensors, where: string): Rule {
  const model = chooseModel(tensors, where);
  if (isLearned(model)) return originalRule(model, weightsOf(model, where));
  throw new FileError(
    `${where} holds a rule of ${model.filters} fixed filters, which does not say how they lie; readModel and load ` +
      "find out by growing it.",
  );
}
