// Whether the rules that a rule was made from are still where its recipe says: it can be made again only from these.

import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import type { Stage } from "../../lib/index.js";
import { loadCheckpoint } from "../../lib/io/model.js";
import { fingerprint } from "../../lib/rule/rule.js";
import { recipeOf } from "./recipe.js";

/** A file that a training run read a rule from, and the fingerprint of the rule as it was then. */
interface Ancestor {
  readonly path: string;
  readonly fingerprint: string;
}

/** The rules that a training run started from and infected, as far as that was recorded. */
function ancestorsOf({ flags, start, task }: Stage): Ancestor[] {
  const { out, from, host, via } = (flags ?? {}) as Record<string, string | undefined>;
  const hosts = (task as { hosts?: readonly string[] } | null)?.hosts ?? [];
  const read: [string | undefined, string | null | undefined][] = [
    // a stage of the same file has replaced what it started from
    [from && out && normalize(from) === normalize(out) ? undefined : from, start],
    [host, hosts[0]],
    [via, hosts[1]],
  ];
  return read.flatMap(([path, fingerprint]) => (path && fingerprint ? [{ path, fingerprint }] : []));
}

/** The rules that a rule was made from, as its file says. */
export async function ancestorsIn(path: string): Promise<Ancestor[]> {
  const { notes } = await loadCheckpoint(path);
  return recipeOf(notes, path).flatMap(ancestorsOf);
}

/**
 * A line for every rule that the recipe of the file at `path` names and that is gone or has changed; `folder` is where
 * the commands were given. Throws as `recipeOf` does.
 */
export async function ancestryProblems(path: string, folder: string): Promise<string[]> {
  const problems: string[] = [];
  for (const ancestor of await ancestorsIn(path)) {
    const place = join(folder, ancestor.path);
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
