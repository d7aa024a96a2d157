// Writes a rule to a file. Node only: elsewhere `encodeRule` gives the bytes.

import { InvalidInputError } from "../cells/errors.js";
import type { Rule } from "../rule/rule.js";
import { writeFileAtomic } from "./atomic.js";
import { type CheckpointNotes, encodeRule } from "./checkpoint.js";

/** Endings of other formats: a file of ours under one of these would not be read where it is meant to go. */
const OTHERS = /\.(pt|pth|pkl|onnx|json|py|png|gif)$/i;

/**
 * Writes a rule to a file, .safetensors by custom; a failure leaves an older file as it was. Throws InvalidInputError for
 * a name that ends as another format's does.
 */
export async function save(rule: Rule, path: string, notes: CheckpointNotes = {}): Promise<void> {
  if (OTHERS.test(path)) {
    throw new InvalidInputError(
      `save writes safetensors, and "${path}" ends as another format; name it .safetensors, or convert it: npm run convert.`,
    );
  }
  await writeFileAtomic(path, encodeRule(rule, notes));
}
