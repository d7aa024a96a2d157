// The protocol of a peer: a process of its own that does one timed piece of work for every line of JSON on standard
// input and answers with a line of JSON, so that the peers can take turns and each one's peak memory is its own.

import { createInterface } from "node:readline";
import type { Mode, Workload } from "../workloads.js";
import { readWorkload } from "./exchange.js";

/** Starts the coins of every rollout: with the same ones every turn does the same work, and it can be counted. */
export const RNG_SEED = 1;

export interface Request {
  /** Where the workload's files are. */
  readonly folder: string;
  readonly mode: Mode;
  /** CA steps of this piece of work. */
  readonly steps: number;
  /** Do it once before, not counted: the turns of others have pushed this peer's memory out of the caches. */
  readonly warm?: boolean;
}

export interface Answer {
  readonly seconds: number;
  readonly peakRssMb: number;
  /** Of the time, what went by inside the engine, where the peer can tell. */
  readonly engineSeconds?: number;
}

/** A training step or a rollout of so many CA steps; may say how long the engine took. */
export type Work = (steps: number) => Promise<void> | Pick<Answer, "engineSeconds"> | void;

/** Answers every request with the time that its work took. What `prepare` does is not counted. */
export async function serve(prepare: (workload: Workload, mode: Mode) => Work): Promise<void> {
  let ready = "";
  let work: Work = () => {};
  for await (const line of createInterface({ input: process.stdin })) {
    const { folder, mode, steps, warm } = JSON.parse(line) as Request;
    if (ready !== `${mode} ${folder}`) work = prepare(readWorkload(folder), mode);
    ready = `${mode} ${folder}`;
    if (warm) await work(steps);
    const start = performance.now();
    const more = await work(steps);
    const answer: Answer = {
      seconds: (performance.now() - start) / 1000,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
      ...more,
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
