// Rules as safetensors files: the four tensors, and in the metadata the rule's whole specification.

import { FileError, NcaError } from "../rule/errors.js";
import { checkSpec, PARAMETERS, type Parameters, type Rule, type RuleSpec, shapesOf } from "../rule/rule.js";
import { readFileChecked, writeFileAtomic } from "./atomic.js";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";

/** The value of the metadata's `format`; another number means another meaning of the file. */
const FORMAT = "nca-rule-1";
/** The largest checkpoint that is read: far above any rule's size. */
const MAX_BYTES = 2 ** 26;

/** What a checkpoint says beside the weights: each a short text, such as the command that makes the file again. */
export type CheckpointNotes = Record<string, string>;

export interface Checkpoint {
  readonly rule: Rule;
  readonly notes: CheckpointNotes;
}

/** The bytes of a checkpoint; the same rule and notes give the same bytes. */
export function encodeRule({ spec, parameters }: Rule, notes: CheckpointNotes = {}): Uint8Array {
  const shapes = shapesOf(spec);
  const tensors = Object.fromEntries(
    PARAMETERS.map((name) => [name, { shape: shapes[name], data: parameters[name] }]),
  );
  return encodeSafetensors(tensors, { ...notes, format: FORMAT, rule: JSON.stringify(spec) });
}

function parseSpec({ metadata }: Safetensors, where: string): RuleSpec {
  if (metadata.format !== FORMAT) {
    throw new FileError(
      `${where} holds ${metadata.format ? `"${metadata.format}"` : "tensors of something else"}, not a rule; ` +
        `expected a checkpoint that \`npm run train\` wrote ("${FORMAT}").`,
    );
  }
  try {
    const spec = JSON.parse(metadata.rule) as RuleSpec;
    checkSpec(spec);
    return spec;
  } catch (error) {
    const why = error instanceof NcaError ? error.message : "its specification is not JSON.";
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

/** The rule in a checkpoint's bytes. Throws FileError, naming `where`, when it is broken or no rule. */
export function decodeRule(bytes: Uint8Array, where = "The checkpoint"): Checkpoint {
  const file = decodeSafetensors(bytes, where);
  const spec = parseSpec(file, where);
  const shapes = shapesOf(spec);
  const parameters = Object.fromEntries(
    PARAMETERS.map((name) => [name, tensorOf(file, name, shapes[name], where)]),
  ) as Parameters;
  const { format: _format, rule: _rule, ...notes } = file.metadata;
  return { rule: { spec, parameters }, notes };
}

/** Writes a rule to a file; a failure leaves an older file as it was. */
export async function save(rule: Rule, path: string, notes: CheckpointNotes = {}): Promise<void> {
  await writeFileAtomic(path, encodeRule(rule, notes));
}

/** Reads a rule from a file. */
export async function load(path: string): Promise<Rule> {
  return (await loadCheckpoint(path)).rule;
}

/** Reads a rule and its notes from a file. */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return decodeRule(await readFileChecked(path, MAX_BYTES), path);
}
