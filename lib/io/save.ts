// Writes a rule to a file. Node only: elsewhere `encodeRule` gives the bytes.

import type { Rule } from "../rule/rule.js";
import { writeFileAtomic } from "./atomic.js";
import { type CheckpointNotes, encodeRule } from "./checkpoint.js";

/** Writes a rule to a file; a failure leaves an older file as it was. */
export async function save(rule: Rule, path: string, notes: CheckpointNotes = {}): Promise<void> {
  await writeFileAtomic(path, encodeRule(rule, notes));
}
