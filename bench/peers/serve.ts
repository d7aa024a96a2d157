// The protocol of a peer: a process of its own that does one timed piece of work for every line on standard input and
// answers with a line of JSON, so that the peers can take turns and each one's peak memory is its own.

import { createInterface } from "node:readline";

export interface Answer {
  readonly seconds: number;
  readonly peakRssMb: number;
}

/** Answers every line with the time that `work` took. */
export async function serve(work: () => void | Promise<void>): Promise<void> {
  for await (const _ of createInterface({ input: process.stdin })) {
    const start = performance.now();
    await work();
    const answer: Answer = {
      seconds: (performance.now() - start) / 1000,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
