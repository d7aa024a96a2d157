// A plan: many trainings in one file. Every entry has flags of npm run train; a list of values makes a training of each.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { FileError } from "../../lib/cells/errors.js";
import { VERSION } from "../../lib/version.js";
import { parse } from "../shared/command.js";
import { flagsOf } from "../shared/recipe.js";
import { type TrainValues, trainFlags } from "../shared/train-flags.js";
import { checkNames, guess, UsageError } from "../shared/usage.js";
import { checkTogether } from "../train/together.js";

/** One training of a plan. */
export interface Planned {
  /** Sixteen hexadecimal digits that stand for all that decides its bits: flags, engine, version, pictures and rules. */
  readonly id: string;
  readonly name?: string;
  /** The flags as the plan gives them, without those of every training. */
  readonly flags: Readonly<Record<string, string>>;
  /** The names of all flags that the plan gives it. */
  readonly given: ReadonlySet<string>;
  /** As npm run train reads them; `out` says nothing yet, and rules of other trainings are their names, as @NAME. */
  readonly values: TrainValues;
  /** How its rule is measured, where not as usual: see `MEASURES`. */
  readonly measure: Readonly<Record<string, number>>;
  /** The trainings whose rules it starts from or infects. */
  readonly after: readonly Planned[];
}

type Entry = Readonly<Record<string, unknown>>;

/** Flags that a plan has no say in. */
const OURS = ["out", "resume", "force", "preview", "checkpoint-seconds"];
/** What a plan may say about how rules are measured: of growths `runs`, `lives` and `longest`, of infections `trials`. */
const MEASURES = ["runs", "lives", "longest", "trials"];
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
    if (name !== undefined && (typeof name !== "string" || all.length > 1 || named.has(name)))
      throw new UsageError(
        `${where}: name is ${JSON.stringify(name)}; expected a text of its own, and no lists beside it.`,
      );
    for (const flags of all) {
      const one = plannedOf(flags, plan, named, where);
      const complete = name === undefined ? one : { ...one, name: `${name}` };
      if (name !== undefined) named.set(`${name}`, complete);
      planned.push(complete);
    }
  });
  const known = new Map(planned.map((one) => [one.id, one]));
  if (known.size < planned.length) {
    const twice = planned.find((one, i) => planned.findIndex(({ id }) => id === one.id) < i)!;
    throw new UsageError(`${path} has a training twice: ${describe(twice.flags)}.`);
  }
  return planned;
}

/** Flags in words. */
export const describe = (flags: Readonly<Record<string, string>>) =>
  Object.entries(flags)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

function read(path: string): {
  readonly every: Entry;
  readonly trainings: readonly Entry[];
  readonly measure: Record<string, number>;
} {
  if (!existsSync(path)) throw new FileError(`Cannot read ${path}: there is no such file.`);
  const isEntry = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  let plan: { every?: unknown; trainings?: unknown; measure?: unknown };
  try {
    plan = JSON.parse(readFileSync(path, "utf8"));
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
    checkNames(`${path}: there is no measure`, [name], MEASURES);
    if (!Number.isInteger(value) || (value as number) < 0)
      throw new UsageError(`${path}: measure has ${name} ${JSON.stringify(value)}; expected a whole number.`);
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
  { every, measure }: ReturnType<typeof read>,
  named: ReadonlyMap<string, Planned>,
  where: string,
): Planned {
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  let values: TrainValues;
  try {
    ({ values } = parse(trainFlags, [...words, "--out=rule.safetensors"]));
    checkTogether(values);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${where}: ${error.message}`) : error;
  }
  if (values.target.includes(",") && !existsSync(values.target))
    throw new UsageError(
      `${where}: target is "${values.target}"; a list of pictures is written as ["one", "other"].`,
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
  const own = Object.fromEntries(Object.entries(flags).filter(([name]) => !(name in every)));
  return {
    id: idOf(values, after, measure),
    flags: own,
    given: new Set(Object.keys(flags)),
    values,
    measure,
    after,
  };
}

/** What a file holds, for an id: texts that are no files, such as an emoji, are what they are. */
function contentOf(path: string): string {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : path;
}

function idOf(values: TrainValues, after: readonly Planned[], measure: Record<string, number>): string {
  const { out: _, target, from, host, via, also, ...flags } = flagsOf(values);
  const ids = after.map(({ id }) => id);
  const rules = [from, host, via, ...(also ?? [])].map((rule) =>
    rule === undefined ? null : rule.startsWith("@") ? ids.shift() : contentOf(rule),
  );
  const engine = values.engine ?? "wasm";
  const sorted = Object.entries(flags).sort(([one], [other]) => (one < other ? -1 : 1));
  const all = JSON.stringify([VERSION, engine, contentOf(target), rules, sorted, measure]);
  return createHash("sha256").update(all).digest("hex").slice(0, 16);
}
