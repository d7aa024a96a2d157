// The models that the Distill article's demo draws: JSON with two dense layers in 8 bits. The JSON does not state the
// rule's specification, which is always Distill's.
// Source: Mordvintsev et al. 2020; https://github.com/distillpub/post--growing-ca (public/webgl_models8).
import { FileError, InvalidInputError } from "../../cells/errors.js";
import { checkParameters, featuresOf, type Rule } from "../../rule/rule.js";
import { checkSpec, DEFAULT_SPEC, type RuleSpec, specDifference } from "../../rule/spec.js";
import { checkInFile } from "../file-errors.js";
import { checkLayer, decodeLayer, encodeLayer } from "./layer.js";

/** Three times the size of the largest possible rule, so that no hostile text takes long. */
const MAX_JSON_BYTES = 2 ** 21;

/** A rule in 8 bits: the file's bytes, and the rule that a reader of the file gets. */
export interface DistillModel {
  readonly bytes: Uint8Array;
  readonly rule: Rule;
}

/**
 * The rule in such a file: Distill's, with features filter by filter, as ours are.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for anything else
 */
export function decodeDistill(bytes: Uint8Array, where = "The model"): Rule {
  const layers = parse(bytes, where);
  const [first, second] = layers.map((layer, i) => checkLayer(layer, `${where}: layer ${i + 1}`));
  const spec: RuleSpec = { ...DEFAULT_SPEC, channels: second.out_ch, hidden: first.out_ch };
  checkInFile(where, () => checkSpec(spec));
  const inputs = [featuresOf(spec), spec.hidden];
  for (const [i, { in_ch }] of [first, second].entries()) {
    if (in_ch === inputs[i]) continue;
    throw new FileError(
      `${where}: layer ${i + 1} has ${in_ch} inputs; ${spec.channels} channels, 3 filters and ${spec.hidden} hidden ` +
        `units make ${inputs[i]}.`,
    );
  }
  const { weight: w1, bias: b1 } = decodeLayer(first, `${where}: layer 1`);
  const { weight: w2, bias: b2 } = decodeLayer(second, `${where}: layer 2`);
  return { spec, parameters: { w1, b1, w2, b2 } };
}

function parse(bytes: Uint8Array, where: string): unknown[] {
  const refused = (what: string) => {
    return new FileError(
      `${where} is no model of Distill's demo: ${what}. Expected an array of two layers in JSON.`,
    );
  };
  if (bytes.length > MAX_JSON_BYTES) throw refused(`${bytes.length} bytes are more than ${MAX_JSON_BYTES}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refused("it is no JSON in UTF-8");
  }
  if (!Array.isArray(json)) throw refused("it is no array");
  if (json.length !== 2) throw refused(`it has ${json.length} items`);
  return json;
}

/**
 * The rule as such a file, and what quantising it to 8 bits makes of it, so that the cost in loss can be measured.
 * The demo itself draws 16 channels and 128 hidden units; other readers may take any.
 *
 * @throws InvalidInputError for a rule that is not of Distill's specification: the file could not say so
 */
export function encodeDistill({ spec, parameters }: Rule): DistillModel {
  checkSpec(spec);
  checkParameters(spec, parameters);
  const { channels, hidden } = spec;
  const distills: RuleSpec = { ...DEFAULT_SPEC, channels, hidden };
  const other = specDifference(spec, distills);
  if (other) {
    const [got, expected] = other.values;
    throw new InvalidInputError(
      `This rule's ${other.name} is ${got}, which Distill's JSON cannot say; it needs ${expected}.`,
    );
  }
  const { w1, b1, w2, b2 } = parameters;
  const layers = [encodeLayer({ weight: w1, bias: b1 }), encodeLayer({ weight: w2, bias: b2 })];
  const bytes = new TextEncoder().encode(`${JSON.stringify(layers)}\n`);
  return { bytes, rule: decodeDistill(bytes) };
}
