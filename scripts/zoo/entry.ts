// A rule in models/ and what its recipe says of it: its picture, and the strains that it infects.

import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import * as nca from "../../lib/node.js";
import { modelPath } from "../shared/models.js";
import { flagsIn, recipeOf } from "../shared/recipe.js";
import { targetFor } from "../shared/target.js";
import { strainsBefore } from "../shared/train-flags.js";

export interface Entry {
  readonly name: string;
  readonly rule: nca.Rule;
  /** The picture's path in the repository, and what is in it. */
  readonly picture: string;
  readonly target: nca.Target;
  /** What it was trained to infect; undefined for a rule that grows from a seed. */
  readonly infects: Infects | undefined;
}

export interface Infects {
  /** The host's file, and those of other hosts that it was trained on. */
  readonly hostPath: string;
  readonly otherPaths: readonly string[];
  /** The host, and the infections that took it over before. */
  readonly strains: nca.Strains;
  /** It infects what another infection has taken. */
  readonly isCure: boolean;
}

/** The rule of that name in models/. Throws FileError when its notes hold no recipe. */
export async function entryOf(name: string): Promise<Entry> {
  const path = modelPath(name);
  const { rule, notes } = await nca.loadCheckpoint(path);
  const last = recipeOf(notes, path).at(-1);
  if (!last) {
    const advice = "expected a recipe in its metadata; names of your own rules begin with my-";
    throw new nca.FileError(`${path} does not say how it was made: ${advice}.`);
  }
  const values = flagsIn(last);
  const { target: picture, host, via, also = [] } = values;
  const inRoot = (path: string) => join(root, path);
  const target = await targetFor(rule, { ...values, target: inRoot(picture) });
  if (!host) return { name, rule, picture, target, infects: undefined };
  const hostPath = inRoot(host);
  const strains = await strainsBefore(hostPath, via && inRoot(via));
  return {
    name,
    rule,
    picture,
    target,
    infects: { hostPath, otherPaths: also.map(inRoot), strains, isCure: via !== undefined },
  };
}
