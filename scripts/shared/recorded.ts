// The commands that made a rule, as its metadata has them: written from the flags that were given, and read again.

import { parse, type Texts } from "./command.js";
import { type TrainValues, trainFlags } from "./recipe.js";
import { quoted, wordsOf } from "./shell.js";
import { UsageError } from "./usage.js";

/** Flags that change nothing about the weights that come out. */
const NO_RECIPE = ["checkpoint-seconds", "resume", "engine"];

/** Between the commands of a rule's stages. */
export const STAGE = " && ";

/** The commands that made a rule, from its notes: one a stage, none if they don't say. */
export function stagesOf(command: string | undefined): string[] {
  return command ? command.split(STAGE) : [];
}

const COMMAND = "npm run train --";

/** The command that makes the file again: the flags that were given, in a fixed order, each as it was written. */
export function commandOf(texts: Texts): string {
  const given = trainFlags.options.flatMap((option) => {
    const text = texts.get(option.name());
    if (text === undefined || NO_RECIPE.includes(option.name()) || text === `${option.defaultValue}`)
      return [];
    return `${option.long}${text.startsWith("-") ? "=" : " "}${quoted(text)}`; // "-3" alone would be a flag
  });
  return `${COMMAND} ${given.join(" ")}`;
}

/** The flags of a command that `commandOf` made. Throws UsageError for a text that is none. */
export function valuesOf(command: string): TrainValues {
  if (command.startsWith(COMMAND)) return parse(trainFlags, wordsOf(command.slice(COMMAND.length))).values;
  throw new UsageError(`"${command}" is no command that trains a rule; expected ${COMMAND} and its flags.`);
}
