// Which trainings of a plan come next, and which can be computed at once.

import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../lib/node.js";
import { flagsOf } from "../shared/recipe.js";
import type { Folder } from "./folder.js";
import type { Planned } from "./plan.js";

/** Milliseconds between two looks at what others are at work on. */
const LOOK_MS = 500;

/** These trainings and all that they need, which come first. */
export function withNeeded(some: readonly Planned[]): Planned[] {
  const seen = new Map<string, Planned>();
  const add = (one: Planned): void => {
    one.after.forEach(add);
    seen.set(one.id, one);
  };
  some.forEach(add);
  return [...seen.values()];
}

/** What decides whether trainings can be computed at once on a device: all but the picture's colours and the rng seed. */
async function shapeOf({ values }: Planned): Promise<string> {
  const nca = await import("../../lib/node.js");
  const { target, rngSeed: _, out: __, ...flags } = flagsOf(values);
  const { size, padding } = flags;
  const { height, width } = await nca.loadTarget(target, { size, padding });
  return JSON.stringify([flags, height, width]);
}

export interface NextOptions {
  readonly folder: Folder;
  /** How many are computed at once where an engine can. */
  readonly together: number;
  readonly engineFor: (one: Planned) => Engine;
  readonly stop: AbortSignal;
  /** Called once where all that is left is others' work for now. */
  readonly onWait: () => void;
}

/**
 * Claims what comes next: the first that nobody is at work on and that nothing else must come before; several of one shape where
 * a device computes them at once. Waits while others work on all that is left; none when nothing is left.
 */
export async function claimed(
  plan: readonly Planned[],
  { folder, together, engineFor, stop, onWait }: NextOptions,
): Promise<Planned[]> {
  for (let looks = 0; !stop.aborted; looks++) {
    const left = plan.filter((one) => !folder.isDone(one));
    if (left.length === 0) return [];
    const mine: Planned[] = [];
    let shape: string | undefined;
    for (const one of left.filter(({ after }) => after.every(folder.isDone))) {
      const isFull =
        mine.length > 0 && (engineFor(mine[0]).together === undefined || mine.length >= together);
      if (isFull) break;
      if (mine.length > 0 && (await shapeOf(one)) !== shape) continue;
      if (!folder.claim(one)) continue;
      if (folder.isDone(one)) {
        folder.release(one); // another has just ended it
        continue;
      }
      mine.push(one);
      if (mine.length === 1 && engineFor(one).together) shape = await shapeOf(one);
    }
    if (mine.length > 0) return mine;
    if (looks === 1) onWait();
    await wait(LOOK_MS);
  }
  return [];
}
