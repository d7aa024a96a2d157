// Many trials in a few numbers.

import { median } from "../cells/statistics.js";
import { type LossSummary, summaryOfLosses } from "../train/loss.js";
import type { Trial } from "./trials.js";

/** A median of nothing is null. */
export interface TrialsSummary {
  readonly trials: number;
  /** The share that succeeded. */
  readonly success: number;
  /** Over the trials that succeeded. */
  readonly stepsToSuccess: { readonly median: number | null };
  readonly cellsAStep: { readonly median: number | null };
  readonly logLoss: Record<string, LossSummary>;
  /** The share of the mature cells that are infected in the end. */
  readonly infected: { readonly median: number | null };
  /** Against the host's picture, by the number of CA steps since the infection was lifted; empty where it was not. */
  readonly lifted: Record<string, LossSummary>;
}

/** Sums up one trial or more. */
export function summaryOfTrials(trials: readonly Trial[]): TrialsSummary {
  const known = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const steps = Object.keys(trials[0]?.logLoss ?? {}).map(Number);
  const lossesAt = (step: number) => summaryOfLosses(trials.map(({ logLoss }) => logLoss[step]));
  const liftedAt = Object.keys(trials[0]?.lifted ?? {}).map(Number);
  const liftedLosses = (step: number) =>
    summaryOfLosses(trials.map(({ lifted }) => lifted?.[step] ?? Number.NaN));
  return {
    trials: trials.length,
    success: trials.filter(({ success }) => success).length / trials.length,
    stepsToSuccess: { median: median(known(trials.map(({ stepsToSuccess }) => stepsToSuccess))) },
    cellsAStep: { median: median(known(trials.map(({ cellsAStep }) => cellsAStep))) },
    logLoss: Object.fromEntries(steps.map((step) => [step, lossesAt(step)])),
    infected: { median: median(trials.map(({ infected }) => infected)) },
    lifted: Object.fromEntries(liftedAt.map((step) => [step, liftedLosses(step)])),
  };
}
