// Whether the rules and pictures that a rule was made from are still what its recipe says: it can be made again only
// from these.

import { existsSync } from "node:fs";
import { normalize, resolve } from "node:path";
import { isEmoji } from "../../lib/io/emoji.js";
import { loadCheckpoint } from "../../lib/io/load.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { fingerprintOf } from "../../lib/io/target-facts.js";
import type { Json, RuleSpec, Stage } from "../../lib/node.js";
import { fingerprint } from "../../lib/rule/rule.js";
import { OTHER_NUMBERS } from "../../lib/train/training-state.js";
import { commandOf, recipeOf } from "./recipe.js";

/** A file that a training run read a rule from, and the fingerprint of the rule as it was then. */
interface Ancestor {
  readonly path: string;
  readonly fingerprint: string;
}

/** The rules that a training run started from and infected, as far as that was recorded. */
function ancestorsOf({ flags, start, task }: Stage): Ancestor[] {
  const { out, from, host, via } = (flags ?? {}) as Record<string, string | undefined>;
  const { also = [] } = (flags ?? {}) as { also?: readonly string[] };
  const { hosts = [], others = [] } = (task ?? {}) as Record<
    "hosts" | "others",
    readonly string[] | undefined
  >;
  const read: [string | undefined, string | null | undefined][] = [
    // a stage of the same file has replaced what it started from
    [from && out && normalize(from) === normalize(out) ? undefined : from, start],
    [host, hosts[0]],
    [via, hosts[1]],
    ...also.map((path, i): [string, string | undefined] => [path, others[i]]),
  ];
  return read.flatMap(([path, fingerprint]) => (path && fingerprint ? [{ path, fingerprint }] : []));
}

/** The rules that a rule was made from, as its file says. */
export async function ancestorsIn(path: string): Promise<Ancestor[]> {
  const { notes } = await loadCheckpoint(path);
  return recipeOf(notes, path).flatMap(ancestorsOf);
}

/** The fingerprint of a task's target, where the task says it. */
function targetIn(task: Json): string | undefined {
  return (task as { target?: { fingerprint?: string } } | null)?.target?.fingerprint;
}

/** What is wrong with the picture that a training run had as its target, if anything. */
async function targetProblem({ flags, task }: Stage, spec: RuleSpec, folder: string): Promise<string[]> {
  const { target, size, padding } = (flags ?? {}) as { target?: string; size?: number; padding?: number };
  const then = targetIn(task);
  if (target === undefined || then === undefined) return [];
  const place = isEmoji(target) ? target : resolve(folder, target);
  if (!isEmoji(target) && !existsSync(place)) return [`${target}, its target, is gone.`];
  const now = fingerprintOf(await loadTarget(place, { size, padding, premultiplied: spec.premultiplied }));
  return now === then ? [] : [`${target}, its target, had the numbers ${then}; they are ${now} now.`];
}

/**
 * What to say before a command is run again whose rule lies at `path`, where its target has other numbers than it had
 * then: the rule will not have the same bytes.
 */
export async function repeatProblem(
  path: string,
  flags: Stage["flags"],
  task: Json,
): Promise<string | undefined> {
  const { notes } = await loadCheckpoint(path);
  const last = recipeOf(notes, path).at(-1);
  const [then, now] = [last && targetIn(last.task), targetIn(task)];
  if (!then || then === now || commandOf(last?.flags ?? {}) !== commandOf(flags ?? {})) return undefined;
  return `${path} was made by this command when its target's numbers were ${then}; they are ${now} now. ${OTHER_NUMBERS}`;
}

/**
 * A line for every rule and picture that the recipe of the file at `path` names and that is gone or has changed; `folder` is where
 * the commands were given. Throws as `recipeOf` does.
 */
export async function ancestryProblems(path: string, folder: string): Promise<string[]> {
  const { rule, notes } = await loadCheckpoint(path);
  const stages = recipeOf(notes, path);
  const problems: string[] = [];
  for (const stage of stages) {
    const found = await targetProblem(stage, rule.spec, folder);
    problems.push(...found.map((problem) => `${path}: ${problem}`));
  }
  for (const ancestor of stages.flatMap(ancestorsOf)) {
    const place = resolve(folder, ancestor.path);
    if (!existsSync(place)) {
      problems.push(`${path} was made from ${ancestor.path}, which is gone.`);
      continue;
    }
    const got = fingerprint((await loadCheckpoint(place)).rule);
    if (got === ancestor.fingerprint) continue;
    problems.push(
      `${path} was made from ${ancestor.path} when that was ${ancestor.fingerprint}; it is ${got} now.`,
    );
  }
  return problems;
}
