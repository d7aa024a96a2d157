// How a rule was made, as data: every training run that it went through, with every option in full. The recipe is in
// the metadata of the rule's file.

import { FileError, NcaError } from "../cells/errors.js";
import { fromJson, type Json, toJson } from "../cells/json.js";
import type { CheckpointNotes } from "../io/checkpoint.js";
import { VERSION } from "../version.js";
import { completeOptions, type TrainingOptions } from "./options.js";
import type { Trainer } from "./trainer.js";

/** One training run. What is null was not recorded: older files hold less. */
export interface Stage {
  /** The package's version, and the name of the engine that computed the run; of several, with + between. */
  readonly version: string | null;
  readonly engine: string | null;
  /** The fingerprint of the rule that training started from; its specification is the file's. */
  readonly start: string | null;
  /** As `Task.description`: with fingerprints of the target's numbers and of the hosts. */
  readonly task: Json;
  readonly options: TrainingOptions;
  /** Training steps that were done. */
  readonly step: number;
  /** The flags of the command that started the run, by name; absent where your own program did. */
  readonly flags?: Readonly<Record<string, Json>>;
}

/** Training runs one after the other, each from the rule that the one before it left. */
export type Recipe = readonly Stage[];

/** What a trainer has done so far, as a stage. */
export function stageOf({ engines, startFingerprint, task, options, step }: Trainer): Stage {
  const { description } = task;
  return {
    version: VERSION,
    engine: engines.join("+"),
    start: startFingerprint,
    task: description,
    options,
    step,
  };
}

/** The notes that a rule is saved with: `save(rule, path, notesOf([stageOf(trainer)]))`. */
export function notesOf(recipe: Recipe): CheckpointNotes {
  return { recipe: toJson(recipe) };
}

/** The recipe in a file's notes, empty where they hold none. Throws FileError, naming `where`, for a broken one. */
export function recipeIn(notes: CheckpointNotes, where: string): Recipe {
  if (notes.recipe === undefined) return [];
  try {
    const stages = fromJson(notes.recipe) as unknown as Recipe;
    return stages.map((stage) => ({ ...stage, options: completeOptions(stage.options) }));
  } catch (error) {
    const why = error instanceof NcaError ? error.message : "it is not the JSON of a list of trainings.";
    throw new FileError(`${where} holds a recipe that cannot be read: ${why}`);
  }
}
