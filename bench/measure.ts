// Takes turns: every contender does the same piece of work once a round, so that a machine that slows down slows all.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Contender, caStepsFor } from "./contenders.js";
import { writeWorkload } from "./peers/exchange.js";
import type { Answer } from "./peers/serve.js";
import { type Peer, PeerError } from "./peers/start.js";
import type { Mode, Workload } from "./workloads.js";

/** The longest that a contender may take for one piece of work, its start included. */
export const LIMIT_SECONDS = 60;
/** CA steps of a short first turn, in which a peer loads and compiles what it needs. */
export const WARM_STEPS = 2;

/** One contender's turns. */
export interface Turns {
  readonly contender: Contender;
  /** CA steps of a turn. */
  readonly caSteps: number;
  readonly answers: readonly Answer[];
  /** Why there are none. */
  readonly why?: string;
}

/** Puts a workload into files for as long as `body` runs. */
export async function withFiles<T>(workload: Workload, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    writeWorkload(folder, workload);
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The turns of one peer that stands alone; the first is not counted. */
export async function takeTurns(
  peer: Peer,
  workload: Workload,
  mode: Mode,
  rounds: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  await withFiles(workload, async (folder) => {
    for (let round = 0; round <= rounds; round++)
      answers.push(await peer.ask({ folder, mode, steps: workload.steps }, LIMIT_SECONDS));
  });
  return answers.slice(1);
}

/** All contenders on one workload, each in a fresh process; the first turn of each is not counted. */
export async function takeAllTurns(
  workload: Workload,
  mode: Mode,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Turns[]> {
  const runs = contenders.map((contender) => ({
    contender,
    caSteps: caStepsFor(contender, workload),
    answers: [] as Answer[],
    why: undefined as string | undefined,
    peer: contender.start(),
  }));
  await withFiles(workload, async (folder) => {
    for (let round = 0; round <= rounds; round++) {
      for (const run of runs) {
        const slow = run.contender.numbers !== undefined;
        if (run.why || (slow && round > 1)) continue;
        const steps = slow && round === 0 ? Math.min(WARM_STEPS, run.caSteps) : run.caSteps;
        const warm = !slow && round > 0; // the first is a warm-up itself
        try {
          const limit = (round === 0 && run.contender.firstSeconds) || LIMIT_SECONDS;
          const answer = await run.peer.ask({ folder, mode, steps, warm }, limit);
          if (round > 0) run.answers.push(answer);
        } catch (error) {
          if (!(error instanceof PeerError)) throw error;
          run.why = error.message;
        }
      }
    }
  });
  for (const { peer } of runs) peer.stop();
  return runs;
}
