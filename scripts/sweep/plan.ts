// A plan: many trainings in one file. Every entry has flags of npm run train; a list of values makes a training of each.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { FileError, NcaError } from "../../lib/cells/errors.js";
import { ENGINE_NAMES } from "../../lib/engine/engines.js";
import { isEmoji } from "../../lib/io/emoji.js";
import { WOUNDED_AT } from "../../lib/train/evaluate.js";
import { completeOptions } from "../../lib/train/options.js";
import { VERSION } from "../../lib/version.js";
import { parse } from "../shared/command.js";
import { flagsOf } from "../shared/recipe.js";
import { optionsOf, type TrainValues, trainFlags } from "../shared/train-flags.js";
import { checkNames, guess, UsageError } from "../shared/usage.js";
import { checkTogether } from "../train/together.js";

/** One training of a plan. */
export interface Planned {
  /** Sixteen hexadecimal digits that stand for all that decides its bits: flags, engine, version, pictures and rules. */
  readonly id: string;
  readonly name?: string;
  /** The flags that tell it from the plan's other trainings, as the plan gives them. */
  readonly flags: Readonly<Record<string, string>>;
  /** Whether the plan asks for a size, or the rule that it starts from says it. */
  readonly isGiven: (name: "size" | "padding") => boolean;
  readonly engine: string;
  /** Training steps. */
  readonly steps: number;
  /** What it is called: its name, or its flags in words. */
  readonly label: string;
  /** As npm run train reads them; `out` says nothing yet, and rules of other trainings are their names, as @NAME. */
  readonly values: TrainValues;
  /** How its rule is measured, where not as usual: see `MEASURES`. It is no part of the id: what is trained stays trained. */
  readonly measure: Readonly<Record<string, number>>;
  /** The trainings whose rules it starts from or infects. */
  readonly after: readonly Planned[];
}

type Entry = Readonly<Record<string, unknown>>;

/** Flags that a plan has no say in. */
const OURS = ["out", "resume", "force", "preview", "checkpoint-seconds"];
/** What a plan may say about how rules are measured: of growths `runs`, `lives` and `longest`, of infections `trials`. */
const MEASURES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  runs: [1, 1024],
  lives: [0, 1024],
  longest: [WOUNDED_AT, 2 ** 30],
  trials: [1, 1e6],
};
/** Flags that name rules, which may be those of other trainings. */
const RULES = ["from", "host", "via"] as const;

/** The trainings of a plan, those that others need before them. Throws UsageError for a plan that cannot be carried out. */
export function planIn(path: string): Planned[] {
  const plan = read(path);
  const planned: Planned[] = [];
  const named = new Map<string, Planned>();
  plan.trainings.forEach((entry, i) => {
    const where = `${path}, training ${i + 1}`;
    const { name, ...given } = entry;
    const all = combinations({ ...plan.every, ...given }, where);
    const isName = typeof name === "string" && !name.includes(",");
    if (name !== undefined && (!isName || all.length > 1 || named.has(name)))
      throw new UsageError(
        `${where}: name is ${JSON.stringify(name)}; expected a text of its own without commas, and no lists beside it.`,
      );
    for (const flags of all) {
      const one = plannedOf(flags, plan, named, where);
      const complete = name === undefined ? one : { ...one, name: `${name}`, label: `${name}` };
      if (name !== undefined) named.set(`${name}`, complete);
      planned.push(complete);
    }
  });
  planned.forEach((one, i) => {
    const first = planned.findIndex(({ id }) => id === one.id);
    if (first < i)
      throw new UsageError(
        `${path} has a training twice: ${one.label}. They are number ${first + 1} and number ${i + 1} of all.`,
      );
  });
  return withTelling(planned);
}

/** The trainings, with those flags alone that are not alike in all of them. */
function withTelling(planned: readonly Planned[]): Planned[] {
  const [first, ...others] = planned;
  const isAlike = (name: string) => others.every(({ flags }) => flags[name] === first.flags[name]);
  const told = new Map<string, Planned>(); // by id, for those that others come after
  for (const one of planned) {
    const kept = Object.fromEntries(
      Object.entries(one.flags).filter(
        ([name]) => name === "target" || (name !== "engine" && !isAlike(name)),
      ),
    );
    const after = one.after.map(({ id }) => told.get(id)!);
    told.set(one.id, { ...one, flags: kept, label: one.name ?? describe(kept), after });
  }
  return [...told.values()];
}

/** Flags in words. */
const describe = (flags: Readonly<Record<string, string>>) =>
  Object.entries(flags)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

/** A plan's file, checked. */
function read(path: string): {
  readonly every: Entry;
  readonly trainings: readonly Entry[];
  readonly measure: Record<string, number>;
} {
  if (!existsSync(path)) throw new FileError(`Cannot read ${path}: there is no such file.`);
  const isEntry = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  let plan: { every?: unknown; trainings?: unknown; measure?: unknown };
  try {
    plan = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new FileError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const { every = {}, trainings, measure = {}, ...others } = isEntry(plan) ? plan : {};
  const [unknown] = Object.keys(others);
  if (unknown)
    throw new UsageError(
      `${path} has "${unknown}".${guess(unknown, ["every", "trainings", "measure"])} Expected every, trainings and measure.`,
    );
  const isList = Array.isArray(trainings) && trainings.length > 0 && trainings.every(isEntry);
  if (!isList || !isEntry(every))
    throw new UsageError(
      `${path} has no trainings; expected {"every": {...}, "trainings": [{"target": "lizard", ...}]}.`,
    );
  if (!isEntry(measure))
    throw new UsageError(`${path}: measure is ${JSON.stringify(measure)}; expected such as {"runs": 8}.`);
  for (const [name, value] of Object.entries(measure as Entry)) {
    checkNames(`${path}: there is no measure`, [name], Object.keys(MEASURES));
    const [least, most] = MEASURES[name];
    if (!Number.isInteger(value) || !((value as number) >= least && (value as number) <= most))
      throw new UsageError(
        `${path}: measure has ${name} ${JSON.stringify(value)}; expected a whole number from ${least} to ${most}.`,
      );
  }
  return { every: every as Entry, trainings, measure: measure as Record<string, number> };
}

/** One record of texts for each combination of the values that are lists. */
function combinations(entry: Entry, where: string): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, value] of Object.entries(entry)) {
    if (OURS.includes(name))
      throw new UsageError(`${where} has "${name}", which a sweep decides by itself; leave it out.`);
    const values = Array.isArray(value) ? value : [value];
    const isText =
      values.length > 0 && values.every((one) => typeof one === "string" || typeof one === "number");
    if (!isText)
      throw new UsageError(
        `${where}: ${name} is ${JSON.stringify(value)}; expected a text, a number, or a list of them.`,
      );
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: `${value}` })));
  }
  return all;
}

function plannedOf(
  flags: Record<string, string>,
  { measure }: ReturnType<typeof read>,
  named: ReadonlyMap<string, Planned>,
  where: string,
): Planned {
  const all = { engine: ENGINE_NAMES[0], ...flags };
  const words = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  let values: TrainValues;
  let steps: number;
  try {
    ({ values } = parse(trainFlags, [...words, "--out=rule.safetensors"]));
    checkTogether(values);
    ({ steps } = completeOptions(optionsOf(values)));
  } catch (error) {
    throw error instanceof NcaError ? new UsageError(`${where}: ${error.message}`) : error;
  }
  if (values.target.includes(",") && !existsSync(values.target))
    throw new UsageError(
      `${where}: target is "${values.target}"; a list of pictures is written as ["one", "other"].`,
    );
  const files = [values.target, values.from, values.host, values.via, ...(values.also ?? [])];
  for (const file of files)
    if (
      file &&
      !isEmoji(file) &&
      !file.startsWith("@") &&
      !statSync(file, { throwIfNoEntry: false })?.isFile()
    )
      throw new UsageError(`${where}: there is no file ${file}.`);
  if (values.also?.some((rule) => rule.startsWith("@")))
    throw new UsageError(
      `${where}: also is "${values.also}"; expected files, as only from, host and via can name other trainings.`,
    );
  const after = RULES.flatMap((flag) => {
    const rule = values[flag];
    if (!rule?.startsWith("@")) return [];
    const other = named.get(rule.slice(1));
    if (!other)
      throw new UsageError(
        `${where}: ${flag} is "${rule}"; expected the name of a training that comes before.${guess(rule.slice(1), [...named.keys()])}`,
      );
    return [other];
  });
  const isGiven = (name: string) => name in flags;
  const engine = `${values.engine}`;
  const id = idOf(values, after, isGiven);
  return { id, flags, isGiven, engine, steps, label: describe(flags), values, measure, after };
}

/** What a file holds, for an id: texts that are no files, such as an emoji, are what they are. */
function contentOf(path: string): string {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : path;
}

function idOf(values: TrainValues, after: readonly Planned[], isGiven: Planned["isGiven"]): string {
  const { out: _, target, from, host, via, also, size, padding, ...flags } = flagsOf(values);
  const sizes = [isGiven("size") || !from ? size : null, isGiven("padding") || !from ? padding : null];
  const ids = after.map(({ id }) => id);
  const rules = [from, host, via, ...(also ?? [])].map((rule) =>
    rule === undefined ? null : rule.startsWith("@") ? ids.shift() : contentOf(rule),
  );
  const sorted = Object.entries(flags).sort(([one], [other]) => (one < other ? -1 : 1));
  const all = JSON.stringify([VERSION, values.engine, contentOf(target), rules, sizes, sorted]);
  return createHash("sha256").update(all).digest("hex").slice(0, 16);
}
