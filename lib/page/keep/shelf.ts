// The rules that this browser keeps, by their names.

import { createStore, del, entries, set, type UseStore } from "idb-keyval";
import { InvalidInputError } from "../../cells/errors.js";
import { decodeRule, encodeRule } from "../../io/checkpoint.js";
import type { OwnRule } from "../offers.js";

/** A rule as it is kept: its weights as a file of ours. */
type Kept = Omit<OwnRule, "rule"> & { readonly rule: Uint8Array; readonly time: number };

let opened: UseStore | undefined;
const store = () => (opened ??= createStore("morphogenesis-rules", "rules"));

/** Everything that is kept, the oldest first; nothing where the browser keeps nothing. */
export async function keptRules(): Promise<OwnRule[]> {
  const all = await entries<string, Kept>(store()).catch(() => []);
  const sorted = all.map(([, kept]) => kept).sort((one, other) => one.time - other.time);
  return sorted.flatMap((kept) => {
    try {
      return [{ ...kept, rule: decodeRule(kept.rule, kept.name).rule }];
    } catch {
      return []; // kept by a version whose rules are not read any more
    }
  });
}

/**
 * Keeps a rule under a name that no other has: a number is added where need be. Returns it as it is kept. Throws
 * InvalidInputError where the browser keeps nothing.
 */
export async function keepRule(own: OwnRule): Promise<OwnRule> {
  const taken = new Set((await keptRules()).map(({ name }) => name));
  let { name } = own;
  for (let i = 2; taken.has(name); i++) name = `${own.name} ${i}`;
  const kept: Kept = { ...own, name, rule: encodeRule(own.rule), time: Date.now() };
  try {
    await set(name, kept, store());
  } catch {
    throw new InvalidInputError("This browser keeps nothing. Save it as a file, or share it by a link.");
  }
  return { ...own, name };
}

export async function dropRule(name: string): Promise<void> {
  await del(name, store()).catch(() => {});
}
