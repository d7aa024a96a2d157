// Kinds of flags: what each reads, what it expects, and how its help and its error say so; and flags that several
// commands have.

import { existsSync } from "node:fs";
import { relative } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { modelNames, modelPath } from "./models.js";
import { guess, UsageError } from "./usage.js";

/** The files that every command reads rules from. */
export const MODEL_FILES = "a .safetensors file, PyTorch's .pt, .onnx, Distill's .json, or a name in models/";

/** The farthest that a place may be from the centre, in cells. */
const MOST_FAR = 4096;
/** The largest whole number: an rng seed has 32 bits. */
export const MOST = 2 ** 32 - 1;

/**
 * A flag whose value `read` makes of its text; undefined says that the text gives no value. `names` are texts that may
 * have been meant.
 */
export function flag<const Usage extends string, Value>(
  usage: Usage,
  help: string,
  expected: string,
  read: (text: string) => Value | undefined,
  names: () => readonly string[] = () => [],
) {
  const option = new Option(usage, help);
  return option.argParser((text: string): Value => {
    const value = read(text);
    if (value !== undefined) return value;
    const { long, envVar } = option;
    const where = envVar && process.env[envVar] === text ? envVar : long;
    throw new UsageError(`${where} is "${text}"; expected ${expected}.${guess(text, names())}`);
  });
}

/** A file or a folder. */
export function file<const Usage extends string>(usage: Usage, help: string) {
  const isName = (text: string) => text !== "" && !text.startsWith("--"); // that is the next flag
  return flag(usage, help, "the name of a file", (text) => (isName(text) ? text : undefined));
}

/** Files of the project that go by their names alone. */
export interface Named {
  /** What they are, for an error. */
  readonly what: string;
  names(): readonly string[];
  pathOf(name: string): string;
}

/** The path of a file, or of one that the project has by that name; undefined where it can be neither. */
/** One of a list that a flag holds, as `pathIn`. Throws UsageError for a name that is none. */
export function listedIn(text: string, long: string, known: Named): string {
  const path = pathIn(text, known);
  if (path !== undefined) return path;
  const none = known.what.replace(/^a /, "no ");
  throw new UsageError(`"${text}" in ${long} is no file and ${none}.${guess(text, known.names())}`);
}

/** A file as it is named, or the path of one that goes by its name alone; undefined for a name that is neither. */
function pathIn(text: string, known: Named): string | undefined {
  if (text === "" || text.startsWith("--")) return undefined;
  if (!/^\w[\w-]*$/.test(text) || existsSync(text)) return text;
  return known.names().includes(text) ? relative("", known.pathOf(text)) : undefined;
}

/** A file, or the name of one that the project has; a file of that name comes first. */
export function fileOrName<const Usage extends string>(usage: Usage, help: string, known: Named) {
  return flag(
    usage,
    help,
    `a file, or the name of ${known.what}`,
    (text) => pathIn(text, known),
    known.names,
  );
}

const RULES: Named = { what: "a rule in models/", names: modelNames, pathOf: modelPath };

/** A rule's file, or the name of a rule in models/: "lizard" is models/lizard.safetensors. */
export function modelFile<const Usage extends string>(usage: Usage, help: string) {
  return fileOrName(usage, help, RULES);
}

/** Several of them, at most so many, with commas between. */
export function modelFiles<const Usage extends string>(usage: Usage, help: string, most: number) {
  const read = (text: string) => {
    const names = text.split(",");
    const paths = names.map((one) => listedIn(one, usage.split(" ")[0], RULES));
    return new Set(paths).size === names.length && names.length <= most ? paths : undefined;
  };
  return flag(usage, `${help}, A,B`, `at most ${most} different files or names of rules in models/`, read);
}

/** One of a list. */
export function oneOf<const Usage extends string, Name extends string>(
  usage: Usage,
  help: string,
  names: readonly Name[],
) {
  const list = names.join(", ");
  const read = (text: string) => names.find((name) => name === text);
  return flag(usage, `${help}: ${list}`, `one of ${list}`, read, () => names);
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}

/** A number above 0. */
export function positive<const Usage extends string>(usage: Usage, help: string) {
  return real(usage, help, "a number above 0", (number) => number > 0);
}

/** A number for which `isGood` holds; `expected` says which numbers these are. */
export function real<const Usage extends string>(
  usage: Usage,
  help: string,
  expected: string,
  isGood: (number: number) => boolean = () => true,
) {
  return flag(usage, `${help}, ${expected}`, expected, (text) => {
    const number = numberOf(text);
    return number !== undefined && isGood(number) ? number : undefined;
  });
}

function wholeNumberOf(text: string, low: number, high = MOST): number | undefined {
  const number = numberOf(text);
  return Number.isInteger(number) && number! >= low && number! <= high ? number : undefined;
}

/** A whole number. */
export function whole<const Usage extends string>(usage: Usage, help: string, low = 0, high = MOST) {
  const ends = high === MOST ? `from ${low}` : `from ${low} to ${high}`;
  return flag(usage, `${help}, ${ends}`, `a whole number ${ends}`, (text) => wholeNumberOf(text, low, high));
}

/** Two whole numbers, "64:95"; "64" alone is both. */
export function range<const Usage extends string>(usage: Usage, help: string, low = 0) {
  const read = (text: string): [number, number] | undefined => {
    const [from, to = from, ...rest] = text.split(":");
    const [first, last] = [from, to].map((end) => wholeNumberOf(end, low));
    if (first === undefined || last === undefined || first > last || rest.length > 0) return undefined;
    return [first, last];
  };
  return flag(
    usage,
    `${help}, LOW:HIGH from ${low}`,
    `LOW:HIGH, whole numbers from ${low} of which the first is not the larger, such as 64:95`,
    read,
  );
}

type Read = (text: string) => number | undefined;

/** "1:2,3:4" as pairs of numbers; undefined where a text is none. */
function pairsOf(text: string, first: Read, second: Read): (readonly [number, number])[] | undefined {
  const pairs = text.split(",").map((pair) => {
    const [one, other, ...rest] = pair.split(":");
    const [at, by] = [first(one), second(other ?? "")];
    return at !== undefined && by !== undefined && rest.length === 0 && ([at, by] as const);
  });
  return pairs.every((pair) => pair !== false) ? pairs : undefined;
}

/** Pairs of a whole number and one above 0, "2000:0.1,7000:0.5". */
export function schedule<const Usage extends string>(usage: Usage, help: string) {
  const expected = "STEP:FACTOR,..., such as 2000:0.1,7000:0.5";
  const step = (text: string) => wholeNumberOf(text, 0);
  const factor = (text: string) => {
    const number = numberOf(text);
    return number !== undefined && number > 0 ? number : undefined;
  };
  return flag(usage, `${help}, as STEP:FACTOR,...`, expected, (text) => pairsOf(text, step, factor));
}

/** Places on a grid, from its centre, "0:-12,5:3". */
export function places<const Usage extends string>(usage: Usage, help: string) {
  const expected = "RIGHT:DOWN,... in cells from the centre, such as 0:-12,5:3";
  const cells = (text: string) => wholeNumberOf(text, -MOST_FAR, MOST_FAR);
  return flag(usage, `${help}, as ${expected}`, expected, (text) => pairsOf(text, cells, cells));
}

export function modelFlag() {
  return modelFile("--model <file>", `the rule, ${MODEL_FILES}`).makeOptionMandatory();
}

export function rngSeedFlag(what: string, value = 0) {
  return whole("--rng-seed <number>", `starts ${what}`).default(value);
}

/** The rule that a command trains. */
export function trainedFlag() {
  return file("--out <file>", "the rule that is trained, a .safetensors file");
}

export function stepsFlag(usual: number) {
  return whole("--steps <number>", "training steps", 1, 1e7).default(usual);
}

export function resumeFlag() {
  return new Option("--resume", "go on where an earlier run of the same command stopped");
}

export function forceFlag() {
  return new Option("--force", "train anew over a rule or an unfinished training that is there");
}

export function jsonFlag() {
  return new Option("--json", "print one JSON document");
}

export function spreadFlag() {
  const help = "how likely an infected cell is to infect one beside it, per CA step";
  return real(
    "--spread <chance>",
    help,
    "a number above 0, at most 1",
    (chance) => chance > 0 && chance <= 1,
  );
}
