// Reads a rule from a file. Node only: elsewhere give the bytes to `readModel`.

import type { Rule } from "../rule/rule.js";
import { readFileChecked } from "./atomic.js";
import type { Checkpoint } from "./checkpoint.js";
import { readModel } from "./model.js";
import type { ReadOptions } from "./reading/reading.js";

/** The largest file that is read: far above any rule's size, even with an optimizer's state beside it. */
const MAX_BYTES = 2 ** 26;

/**
 * Reads a rule from a file of any format that `readModel` reads.
 *
 * @throws as `readModel` does
 */
export async function load(path: string, options: ReadOptions = {}): Promise<Rule> {
  return (await loadCheckpoint(path, options)).rule;
}

/** As `load`, with the notes beside the rule. */
export async function loadCheckpoint(path: string, options: ReadOptions = {}): Promise<Checkpoint> {
  return readModel(await readFileChecked(path, MAX_BYTES), path, options);
}
