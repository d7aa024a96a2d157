// What every command shares: its flags, declared once and read by commander; its help; its errors as one line.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { NcaError } from "../../lib/cells/errors.js";
import { guess, UsageError } from "./usage.js";

/** A command line as it was given. */
export interface Given<Values> {
  readonly values: Values;
  /** The words that are given without a flag. */
  readonly names: readonly string[];
}

/**
 * A command to add flags to, in groups. `examples` come at the end of its help; each is what follows
 * `npm run NAME -- `. A test reads them as the command does.
 */
export function command(name: string, about: string, examples: readonly string[]) {
  const called = calledAs(name);
  const lines = examples.map((flags) => `  ${flags ? `${called} ${flags}` : called.replace(/ --$/, "")}`);
  return new Command(name)
    .description(about)
    .usage("[flags]")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      commandUsage: (command) => [called, command.usage(), ...argumentsOf(command)].join(" "),
      optionDescription: described,
    })
    .addHelpOption(new Option("--help", "print this").helpGroup(RUNNING))
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** How a command is called before its flags: by npm, or as the program of the installed package. */
function calledAs(name: string): string {
  const program = process.env.NCA_PROGRAM;
  return program ? `${program} ${name}` : `npm run ${name} --`;
}

/** The last group of every command's flags. */
export const RUNNING = "Running:";

function argumentsOf(command: CommandUnknownOpts): string[] {
  return command.registeredArguments.map((argument) => `[${argument.name()} ...]`);
}

function described(option: Option): string {
  const { description, mandatory, defaultValue, defaultValueDescription, envVar } = option;
  const usual = defaultValueDescription ?? defaultValue;
  const notes = [
    mandatory && "required",
    usual !== undefined && `default: ${usual}`,
    envVar && `or ${envVar} in the environment`,
  ].filter(Boolean);
  return notes.length > 0 ? `${description} (${notes.join("; ")})` : description;
}

/** Reads a command line. Throws UsageError where it cannot be used; prints the help where it asks for that. */
export function parse<Values extends OptionValues>(
  command: Command<unknown[], Values>,
  args: readonly string[],
): Given<Values> {
  const seen = new Set<Option>();
  const events = command as unknown as NodeJS.EventEmitter; // which its types do not say
  const listeners = command.options.map((option) => {
    const hear = () => {
      if (seen.has(option) && !option.variadic) throw new UsageError(`${option.long} is given twice.`);
      seen.add(option);
    };
    return [`option:${option.name()}`, hear] as const;
  });
  for (const [event, hear] of listeners) events.on(event, hear);
  try {
    command.parse([...args], { from: "user" });
    return { values: command.opts(), names: command.args };
  } catch (error) {
    throw error instanceof CommanderError && error.code !== HELP ? usageError(error, command) : error;
  } finally {
    for (const [event, hear] of listeners) events.off(event, hear);
  }
}

const HELP = "commander.helpDisplayed";

/** Commander's error in our words. An unknown flag is reported before a missing one: it may be that one misspelt. */
function usageError({ code, message }: CommanderError, command: CommandUnknownOpts): UsageError {
  const flags = command.options.map(({ long }) => `${long}`);
  const unknown = command.args.find((arg) => arg.startsWith("-"))?.split("=")[0];
  const [first] = command.args;
  const option = command.options.find(({ flags }) => message.includes(`'${flags}'`));
  if (code === "commander.optionMissingArgument")
    return new UsageError(`${option?.long} has no value: ${option?.description}.`);
  if (unknown) return new UsageError(`There is no flag "${unknown}".${guess(unknown, flags)}`);
  if (first !== undefined && command.registeredArguments.length === 0) {
    const example = `${calledAs(command.name())} ${flags[0]} ...`;
    return new UsageError(`"${first}" belongs to no flag; flags come after a --, as in ${example}`);
  }
  if (code === "commander.missingMandatoryOptionValue")
    return new UsageError(`${option?.long} is missing: ${option?.description}.`);
  return new UsageError(message);
}

/**
 * Without a -- before them, npm takes flags for its own and hands them on as environment variables only: `--rng-seed 3`
 * as npm_config_rng_seed. Throws UsageError where one of ours is among these and not on the command line.
 */
function checkSwallowed(command: CommandUnknownOpts, args: readonly string[]): void {
  const taken = command.options.filter(({ long }) => {
    const variable = process.env[`npm_config_${long!.slice(2).replaceAll("-", "_")}`];
    return variable && variable !== "false" && !args.some((arg) => arg.split("=")[0] === long);
  });
  if (taken.length === 0) return;
  const flags = taken.map((option) => (option.isBoolean() ? option.long : `${option.long} ...`));
  const names = taken.map(({ long }) => long).join(", ");
  throw new UsageError(`npm took ${names} for itself: write ${calledAs(command.name())} ${flags.join(" ")}`);
}

/** Whether Node was started with this module, and not with one that imports it. */
function isMain(url: string): boolean {
  const [, started] = process.argv;
  return started !== undefined && createRequire(url).resolve(started) === fileURLToPath(url);
}

/**
 * Runs a command where its module, at `url`, is the one that Node was started with: reads its flags, and prints its
 * errors as one line with exit code 1.
 */
export async function runCommand<Values extends OptionValues>(
  url: string,
  command: Command<unknown[], Values>,
  body: (given: Given<Values>) => Promise<void>,
): Promise<void> {
  if (!isMain(url)) return;
  const args = process.argv.slice(2);
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (stream === process.stdout) process.exit(); // such as head, which has read enough
    });
  try {
    checkSwallowed(command, args);
    await body(parse(command, args));
  } catch (error) {
    if (error instanceof CommanderError && error.code === HELP) return;
    if (!(error instanceof NcaError)) throw error;
    const [message] = error.message.split("\n");
    const stop = /[.!?]$/.test(message) ? "" : ".";
    const hint = error instanceof UsageError ? `${stop} See ${calledAs(command.name())} --help.` : "";
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K"); // a progress bar that had not reached its end
    console.error(`${command.name()}: ${message}${hint}`);
    process.exitCode = error.name === "InterruptedError" ? 130 : 1;
  }
}
