// The protocol of a peer: a process of its own that does one timed piece of work for every line of JSON on standard
// input and answers with a line of JSON, so that the peers can take turns and each one's peak memory is its own.

import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Mode, Workload } from "../workloads.js";
import { readWorkload } from "./exchange.js";

/** Starts the coins of every rollout: with the same ones every turn does the same work, and it can be counted. */
export const RNG_SEED = 1;
/** So small that the rule, and with it the work, stays the same from one training step to the next. */
export const LEARNING_RATE = 1e-9;

export interface Request {
  /** Where the workload's files are. */
  readonly folder: string;
  readonly mode: Mode;
  /** CA steps of this piece of work. */
  readonly steps: number;
  /** Do it once before, not timed: the turns of others have pushed this peer's memory out of the caches. */
  readonly warm?: boolean;
}

export interface Answer {
  readonly seconds: number;
  readonly peakRssMb: number;
  /**
   * Mean square of the last state's RGBA, by which one sees that all compute the same rule; the trainer, which is not
   * compared, has a target to take it from.
   */
  readonly loss: number;
  /** Of the time, what went by inside the engine, where the peer can tell. */
  readonly engineSeconds?: number;
}

/** What a piece of work leaves behind. */
export interface Done extends Pick<Answer, "engineSeconds"> {
  /** The answer's loss, asked for once, when the clock has stopped. */
  readonly loss: () => number | Promise<number>;
}

/** A training step or a rollout of so many CA steps. */
export type Work = (steps: number) => Done | Promise<Done>;

const STATUS = "/proc/self/status";

/** The highest this process's memory has been. Linux's getrusage counts its parent's at the fork too: it outlives exec. */
function peakRssMb(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "";
  const kilobytes = /VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) / 1024;
}

async function turn(work: Work, steps: number): Promise<Answer> {
  const start = performance.now();
  const { loss, ...more } = await work(steps);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, ...more, peakRssMb: peakRssMb(), loss: await loss() };
}

/** Answers every request with the time that its work took. What `prepare` does is not counted. */
export async function serve(
  prepare: (workload: Workload, mode: Mode) => Work | Promise<Work>,
): Promise<void> {
  let ready = "";
  let work: Work | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const { folder, mode, steps, warm } = JSON.parse(line) as Request;
    if (!work || ready !== `${mode} ${folder}`) work = await prepare(readWorkload(folder), mode);
    ready = `${mode} ${folder}`;
    if (warm) await turn(work, steps);
    process.stdout.write(`${JSON.stringify(await turn(work, steps))}\n`);
  }
}
