// What the browser keeps between visits: rules with names, and the workshop as it was left.

import { createStore, del, entries, get, set } from "idb-keyval";
import type { Size } from "../draw/board.js";
import type { LessonKind } from "../draw/lessons.js";
import type { Lesson } from "../training/protocol.js";

/** A rule that a visitor keeps: a file of ours, its picture, and what it is called. */
export interface KeptRule {
  readonly name: string;
  /** safetensors. */
  readonly rule: Uint8Array;
  /** RGBA in 8 bits, straight, [size, size, 4], and the grid that it stands in the middle of. */
  readonly picture: Uint8ClampedArray;
  readonly size: number;
  readonly side: number;
  /** Whether it takes over the bird rather than growing from a seed. */
  readonly isInfection: boolean;
  readonly time: number;
}

/** The workshop as it was left. */
export interface KeptWork {
  readonly size: Size;
  readonly drawing: Uint8ClampedArray;
  readonly kind?: LessonKind;
  readonly lesson?: Lesson;
  readonly state?: Uint8Array;
  readonly losses?: readonly number[];
}

const rules = () => createStore("morphogenesis-rules", "rules");
const work = () => createStore("morphogenesis-work", "work");
const WORK = "work";

/** Everything that is kept, the oldest first; nothing where the browser keeps nothing. */
export async function keptRules(): Promise<KeptRule[]> {
  try {
    const all = await entries<string, KeptRule>(rules());
    return all.map(([, rule]) => rule).sort((one, other) => one.time - other.time);
  } catch {
    return [];
  }
}

/** Keeps a rule under a name that no other has: a number is added where need be. Returns the name. */
export async function keepRule(rule: KeptRule): Promise<string> {
  const taken = new Set((await keptRules()).map(({ name }) => name));
  let name = rule.name;
  for (let i = 2; taken.has(name); i++) name = `${rule.name} ${i}`;
  await set(name, { ...rule, name }, rules());
  return name;
}

export async function renameRule(from: string, to: string): Promise<string> {
  const rule = await get<KeptRule>(from, rules());
  if (!rule) return from;
  await del(from, rules());
  return keepRule({ ...rule, name: to });
}

export async function dropRule(name: string): Promise<void> {
  await del(name, rules());
}

export async function keptWork(): Promise<KeptWork | undefined> {
  try {
    return await get<KeptWork>(WORK, work());
  } catch {
    return undefined;
  }
}

export async function keepWork(kept: KeptWork): Promise<void> {
  try {
    await set(WORK, kept, work());
  } catch {
    // this browser keeps nothing: the work holds for this visit
  }
}
