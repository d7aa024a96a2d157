// Rules as safetensors files: the four tensors, and the rule's whole specification in the metadata.

import { checkInteger, FileError, InvalidInputError, NcaError } from "../cells/errors.js";
import { checkFinite, checkRule, PARAMETERS, type Parameters, type Rule, shapesOf } from "../rule/rule.js";
import { checkSeeds, type SeededGrid } from "../rule/seeds.js";
import { checkSpec, DEFAULT_SPEC, type RuleSpec, specData } from "../rule/spec.js";
import { checkInFile, quotable } from "./file-errors.js";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors/safetensors.js";

/** The value of the metadata's `format`; another number means another meaning of the file. */
export const FORMAT = "nca-rule-2";
/** The `format` of older files, whose rules have fewer fields: those that they lack have their usual values. */
const OLD_FORMAT = "nca-rule-1";

/** The largest side of a grid that a file may name, in cells. */
const MAX_SIDE = 4096;

/** What a checkpoint says besides the weights: short texts, such as the recipe that makes the file again. */
export type CheckpointNotes = Record<string, string>;

export interface Checkpoint {
  readonly rule: Rule;
  readonly notes: CheckpointNotes;
}

/**
 * The bytes of a checkpoint; the same rule and notes give the same bytes.
 *
 * @throws InvalidInputError for a rule that could not be read back, such as one with a weight that is not finite
 */
export function encodeRule({ spec, parameters, grid }: Rule, notes: CheckpointNotes = {}): Uint8Array {
  checkRule({ spec, parameters });
  const shapes = shapesOf(spec);
  const tensors = Object.fromEntries(
    PARAMETERS.map((name) => [name, { shape: shapes[name], data: parameters[name] }]),
  );
  const about = { format: FORMAT, rule: JSON.stringify(specData(spec)) };
  return encodeSafetensors(tensors, { ...notes, ...about, ...(grid && { grid: gridText(grid) }) });
}

/** A rule's specification, from the metadata's text. */
export function specOf(text: string, where: string): RuleSpec {
  try {
    const read = JSON.parse(text) as Partial<RuleSpec>;
    const unknown = Object.keys(read).find((name) => !(name in DEFAULT_SPEC));
    if (unknown) throw new InvalidInputError(`it has "${quotable(unknown)}", which a later version knows.`);
    const spec = { ...DEFAULT_SPEC, ...read };
    checkSpec(spec);
    return spec;
  } catch (error) {
    const why = error instanceof NcaError ? error.message : "its specification is not JSON.";
    throw new FileError(`${where} does not hold a rule that can be used: ${why}`);
  }
}

/** The grid that a rule grows on, as the metadata's text. */
export function gridText({ height, width, seeds }: SeededGrid): string {
  return JSON.stringify({ height, width, seeds: seeds.map(({ dx, dy }) => [dx, dy]) });
}

/** The grid that a rule grows on, from the metadata's text. */
export function gridOf(text: string, where: string): SeededGrid {
  try {
    const { height, width, seeds } = JSON.parse(text) as Record<"height" | "width", number> & {
      seeds: number[][];
    };
    for (const side of [height, width]) checkInteger("A side of its grid", side, 1, MAX_SIDE);
    const read = seeds.map(([dx, dy]) => ({ dx, dy }));
    checkSeeds(read);
    return { height, width, seeds: read };
  } catch (error) {
    const why = error instanceof NcaError ? error.message : "its grid is not as expected.";
    throw new FileError(`${where} does not hold a rule that can be used: ${why}`);
  }
}

/** Reads a tensor that must be float32 and of this shape. */
export function tensorOf(
  file: Safetensors,
  name: string,
  shape: readonly number[],
  where: string,
): Float32Array {
  const tensor = file.tensors[name];
  if (!tensor || !(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) {
    const got = tensor ? `[${tensor.shape}]` : "nothing";
    throw new FileError(`${where} is for another rule: ${name} is ${got}, expected float32 [${shape}].`);
  }
  return tensor.data;
}

/** The rule in a checkpoint's bytes. Throws FileError, naming `where`, when they are broken or hold no rule. */
export function decodeRule(bytes: Uint8Array, where = "The checkpoint"): Checkpoint {
  return checkpointOf(decodeSafetensors(bytes, where), where);
}

/** The rule in a checkpoint's tensors; throws as `decodeRule` does. */
export function checkpointOf(file: Safetensors, where: string): Checkpoint {
  const { format, rule, grid, ...notes } = file.metadata;
  if (format !== FORMAT && format !== OLD_FORMAT) {
    throw new FileError(
      `${where} holds ${format ? `"${format}"` : "tensors of something else"}, not a rule; ` +
        `expected a checkpoint that \`npm run train\` wrote ("${FORMAT}").`,
    );
  }
  const spec = specOf(rule, where);
  const shapes = shapesOf(spec);
  const parameters = Object.fromEntries(
    PARAMETERS.map((name) => [name, tensorOf(file, name, shapes[name], where)]),
  ) as Parameters;
  checkInFile(where, () => checkFinite(parameters));
  return { rule: { spec, parameters, ...(grid && { grid: gridOf(grid, where) }) }, notes };
}
