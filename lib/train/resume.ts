// The whole state of a training run in a file. Node only: elsewhere `encodeTraining` gives the bytes.

import { readFileChecked, writeFileAtomic } from "../io/atomic.js";
import type { Rule } from "../rule/rule.js";
import type { Task } from "./task.js";
import type { Trainer, TrainerOptions } from "./trainer.js";
import { decodeTraining, encodeTraining, MAX_BYTES } from "./training-state.js";

/** Writes the training's state. Throws FileError when it cannot; an older file then stays as it was. */
export async function saveTraining(trainer: Trainer, path: string): Promise<void> {
  await writeFileAtomic(path, await encodeTraining(trainer));
}

/**
 * A trainer that goes on where the file left off, with its own copy of the rule; `rule` is the one that training
 * started from. Throws FileError when the file is broken, or of a training run with another rule, task or recipe.
 */
export async function resumeTraining(
  path: string,
  rule: Rule,
  task: Task,
  options: TrainerOptions,
): Promise<Trainer> {
  return decodeTraining(await readFileChecked(path, MAX_BYTES), rule, task, options, path);
}
