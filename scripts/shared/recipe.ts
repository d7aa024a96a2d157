// The recipes in rules' metadata, as commands: a stage's flags are data, and its command is printed from them. Older
// files hold the commands themselves; they are read as well.

import { ENGINE_NAMES } from "../../lib/engine/engines.js";
import type { CheckpointNotes, Recipe, Stage } from "../../lib/node.js";
import { completeOptions } from "../../lib/train/options.js";
import { recipeIn } from "../../lib/train/recipe.js";
import { parse } from "./command.js";
import { quoted, wordsOf } from "./shell.js";
import { optionsOf, type TrainValues, text, trainFlags } from "./train-flags.js";
import { UsageError } from "./usage.js";

const COMMAND = "npm run train --";
/** Between the commands of stages in an older file. */
const STAGE = " && ";
/** Flags that change nothing about the weights that come out. */
const NO_RECIPE = ["checkpointSeconds", "resume", "force", "preview"];

/** The flags that decide what the weights are, by name, including the engine where it is not the usual one. */
export function flagsOf(values: TrainValues, engine: string | undefined = values.engine): TrainValues {
  const given = { ...values, engine: engine === ENGINE_NAMES[0] ? undefined : engine };
  const kept = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !NO_RECIPE.includes(name),
  );
  return Object.fromEntries(kept) as TrainValues;
}

/** The command that has these flags: those that are not as usual, in the order in which they are declared. */
export function commandOf(flags: Readonly<Record<string, unknown>>): string {
  const given = trainFlags.options.flatMap((option) => {
    const name = option.attributeName();
    const value = flags[name];
    if (value === undefined || NO_RECIPE.includes(name) || value === option.defaultValue) return [];
    const written = text(value);
    return `${option.long}${written.startsWith("-") ? "=" : " "}${quoted(written)}`; // "-3" alone would be a flag
  });
  return `${COMMAND} ${given.join(" ")}`;
}

/** The flags of a command. Throws UsageError for a text that is not a command that trains a rule. */
export function valuesOf(command: string): TrainValues {
  if (command.startsWith(COMMAND)) return parse(trainFlags, wordsOf(command.slice(COMMAND.length))).values;
  throw new UsageError(`"${command}" is no command that trains a rule; expected ${COMMAND} and its flags.`);
}

/** The flags of a stage. Throws UsageError where it was not made by a command. */
export function flagsIn({ flags }: Stage): TrainValues {
  if (flags) return valuesOf(commandOf(flags));
  throw new UsageError("The recipe has a training that no command made.");
}

/** The stage that a command in an older file stands for: what it did not record is null. */
function broughtOver(command: string): Stage {
  const values = valuesOf(command);
  const options = completeOptions(optionsOf(values));
  const task = { kind: values.host === undefined ? "growth" : "infection" };
  const flags = flagsOf(values) as Stage["flags"];
  return { version: null, engine: null, start: null, task, options, step: options.steps, flags };
}

/**
 * How a rule was made: its recipe, or what the commands say in an older file; empty where the file does not
 * say, or says it in words that are not commands. Throws FileError for a recipe that is broken.
 */
export function recipeOf(notes: CheckpointNotes, where: string): Recipe {
  const recipe = recipeIn(notes, where);
  if (recipe.length > 0 || !notes.command?.startsWith(COMMAND)) return recipe;
  try {
    return notes.command.split(STAGE).map((command) => broughtOver(command));
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
