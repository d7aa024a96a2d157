// What the tables share: how far the work on them has come.

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
