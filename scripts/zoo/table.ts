// What the tables share: a loss in a cell, and how far the work on them has come.

import type * as nca from "../../lib/node.js";
import { lossText } from "../shared/text.js";

/** Called with the progress so far, from 0 to 1. */
export type Report = (done: number) => void;

/** Works on all, one after the other; each reports its own part. */
export async function inTurn<T, Result>(
  all: readonly T[],
  report: Report,
  work: (one: T, report: Report) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [i, one] of all.entries()) {
    results.push(await work(one, (part) => report((i + part) / all.length)));
  }
  return results;
}

/** Median (worst). */
export function lossCell({ median, worst }: nca.LossSummary): string {
  return `${lossText(median)} (${lossText(worst)})`;
}
