// A rule in models/ and what its own command says of it: its picture, and the strains that it infects.

import { join } from "node:path";
import { root } from "#scripts/root.mjs";
import * as nca from "../../lib/index.js";
import { lossText } from "../command.js";
import { modelPath } from "../models.js";
import { stagesOf, strainsBefore, valuesOf } from "../recipe.js";
import { targetFor } from "../target.js";

export interface Entry {
  readonly name: string;
  readonly rule: nca.Rule;
  readonly target: nca.Target;
  /** What it was trained to infect; undefined for a rule that grows from a seed. */
  readonly hosts: nca.Strains | undefined;
  /** It infects what another infection has taken. */
  readonly isCure: boolean;
}

/** The rule of that name. Throws UsageError when its notes hold no command that trains a rule. */
export async function entryOf(name: string): Promise<Entry> {
  const { rule, notes } = await nca.loadCheckpoint(modelPath(name));
  const values = valuesOf(stagesOf(notes.command).at(-1) ?? "");
  const inRoot = (path: string) => path && join(root, path);
  const target = await targetFor(rule, { ...values, target: inRoot(values.target) });
  const hosts = values.host ? await strainsBefore(inRoot(values.host), inRoot(values.via)) : undefined;
  return { name, rule, target, hosts, isCure: values.via !== "" };
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

export function lossCell({ median, worst }: nca.LossSummary): string {
  return `${lossText(median)} (${lossText(worst)})`;
}
