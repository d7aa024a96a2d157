// What every command shares: arguments from flags, errors as one line, progress on standard error.

import { parseArgs } from "node:util";
import { NcaError } from "../../lib/index.js";

/** A flag: what it is for, and its value when it is not given; without one it is required. */
export interface Flag {
  readonly help: string;
  readonly value?: string | boolean;
}

/** The files that every command reads rules from. */
export const MODEL_FILES = "a .safetensors file, PyTorch's .pt or Distill's .json";

export type Flags = Record<string, Flag>;
export type Values<F extends Flags> = {
  [Name in keyof F]: F[Name]["value"] extends boolean ? boolean : string;
};

/** A command line that cannot be used. */
export class UsageError extends NcaError {
  override name = "UsageError";
}

function usage(name: string, flags: Flags, names?: string): string {
  const width = Math.max(4, ...Object.keys(flags).map((flag) => flag.length)) + 4;
  const lines = Object.entries(flags).map(([flag, { help, value }]) => {
    const fallback = value === undefined ? "required" : `default ${value}`;
    return `  ${`--${flag}`.padEnd(width)}${help}${typeof value === "boolean" || value === "" ? "" : ` (${fallback})`}`;
  });
  const synopsis = [lines.length > 0 && "[flags]", names && "[NAME ...]"].filter(Boolean).join(" ");
  if (names) lines.push(`  ${"NAME".padEnd(width)}${names}`);
  return `npm run ${name} -- ${synopsis}\n\n${lines.join("\n")}\n`;
}

/** The flags' values and the names after them; nothing when the arguments ask for help. */
export function parseCommand<F extends Flags>(
  flags: F,
  args: readonly string[],
  takesNames = false,
): { values: Values<F>; names: string[] } | undefined {
  const options = Object.fromEntries(
    Object.entries({ ...flags, help: { help: "", value: false } }).map(([flag, { value }]) => [
      flag,
      { type: typeof value === "boolean" ? "boolean" : "string" } as const,
    ]),
  );
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: takesNames });
  if (values.help) return undefined;
  const entries = Object.entries(flags).map(([flag, { help, value }]) => {
    const given = values[flag] ?? value;
    if (given === undefined) throw new UsageError(`--${flag} is missing: ${help}.`);
    return [flag, given];
  });
  return { values: Object.fromEntries(entries) as Values<F>, names: positionals };
}

/** The arguments cannot be used: an error of `parseCommand`. */
export function isUsage(error: unknown): boolean {
  return error instanceof UsageError || `${(error as { code?: string }).code}`.startsWith("ERR_PARSE_ARGS");
}

/** A flag's value as a whole number; throws a UsageError otherwise. */
export function wholeNumber(flag: string, value: string, low = 0, high = 2 ** 32 - 1): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isInteger(number) && number >= low && number <= high) return number;
  throw new UsageError(`--${flag} is "${value}"; expected a whole number from ${low} to ${high}.`);
}

/** A flag's value as a number above zero; throws a UsageError otherwise. */
export function positiveNumber(flag: string, value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && number > 0 && Number.isFinite(number)) return number;
  throw new UsageError(`--${flag} is "${value}"; expected a number above 0.`);
}

/** A flag's value as one of a list; throws a UsageError otherwise. */
export function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} is "${value}"; expected one of ${allowed.join(", ")}.`);
}

/** A log loss in a table: a pattern that exploded or is not a number is lost. */
export function lossText(logLoss: number): string {
  return logLoss < 1000 ? logLoss.toFixed(2) : "lost";
}

/** A word of a command line as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word of a command line as the shell hands it on: what `quoted` was given. */
export function unquoted(word: string): string {
  return word.replace(/'([^']*)'|\\'/g, (_, inside) => inside ?? "'");
}

/**
 * Runs a command: its flags parsed, its errors as one line with exit code 1. With `names`, which says what they are,
 * it also takes names after the flags.
 */
export async function runCommand<F extends Flags>(
  name: string,
  flags: F,
  body: (values: Values<F>, names: string[]) => Promise<void>,
  names?: string,
): Promise<void> {
  try {
    const given = parseCommand(flags, process.argv.slice(2), names !== undefined);
    if (given) await body(given.values, given.names);
    else process.stdout.write(usage(name, flags, names));
  } catch (error) {
    if (!(error instanceof NcaError) && !isUsage(error)) throw error;
    const message = (error as Error).message.split("\n")[0];
    const hint = isUsage(error) ? `${/[.!?]$/.test(message) ? "" : "."} See npm run ${name} -- --help.` : "";
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K"); // a progress bar that had not come to its end
    console.error(`${name}: ${message}${hint}`);
    process.exitCode = error instanceof NcaError && error.name === "InterruptedError" ? 130 : 1;
  }
}
