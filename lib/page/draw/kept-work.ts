// The workshop as it was left: kept in the browser, alone, and found again.

import { createStore, get, set, type UseStore } from "idb-keyval";
import type { Parameters } from "../../rule/rule.js";
import type { Drawing } from "../offers.js";
import type { Lesson } from "../training/protocol.js";
import type { LessonKind } from "./lessons.js";

export interface KeptWork {
  readonly drawing: Drawing;
  /** What was learned last, or is. */
  readonly lesson?: {
    readonly kind: LessonKind;
    readonly lesson: Lesson;
    readonly losses: readonly number[];
    /** From which it goes on; none when it is done. */
    readonly state?: Uint8Array;
    /** What was learned, when it is done. */
    readonly parameters?: Parameters;
  };
}

const KEY = "work";
let opened: UseStore | undefined;
const store = () => (opened ??= createStore("morphogenesis-work", "work"));

export async function keptWork(): Promise<KeptWork | undefined> {
  try {
    return await get<KeptWork>(KEY, store());
  } catch {
    return undefined; // this browser keeps nothing: the work holds for this visit
  }
}

export async function keepWork(kept: KeptWork): Promise<void> {
  try {
    await set(KEY, kept, store());
  } catch {
    // as above
  }
}
