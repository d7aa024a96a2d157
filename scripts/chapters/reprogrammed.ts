// How a lizard that is reprogrammed is measured: lizards of many ages, changed for a long time, and let go.

import type { Means } from "../../lib/adversarial/changes.js";
import * as nca from "../../lib/node.js";

/** Ages of the hosts, in CA steps: old enough to be whole. */
export const AGES = [100, 300] as const;
/** By when a lizard should be changed, and until when, in CA steps. */
const TIMES = { within: 500, heldAt: 2000, measured: [200] } as const;
/** The share of a healing lizard's cells that are adversaries, and of one that only keeps its picture. */
export const [USUAL, OF_PERSISTENT] = [0.3, 0.15];
/** The shares of which it is asked how few suffice. */
export const SHARES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4];

/** How many adversaries a share of the picture's cells is. */
export function countOf(lizard: nca.Target, share: number): number {
  return Math.max(1, Math.round(share * nca.livingCells(lizard)));
}

/** What changes the lizard: such a share of the cells, or a matrix for all, and how that went. */
export interface Reprogrammed {
  readonly share: number;
  readonly summary: nca.TrialsSummary;
}

export interface ReprogrammedOptions extends nca.MeasureOptions {
  readonly by: Means;
  readonly change: nca.Change;
  /** Of adversaries. */
  readonly shares?: readonly number[];
  readonly trials?: number;
}

/** Tries a rule on lizards of the host, with each share of adversaries. */
export async function reprogrammed(
  rule: nca.Rule,
  { host, lizard }: { readonly host: nca.Rule; readonly lizard: nca.Target },
  { by, change, shares = [USUAL], trials = 64, onProgress, ...options }: ReprogrammedOptions,
): Promise<Reprogrammed[]> {
  const isMatrix = by === "matrix";
  const all = isMatrix ? [1] : shares;
  const rows: Reprogrammed[] = [];
  for (const share of all) {
    const done = rows.length;
    const hosts = isMatrix ? nca.perturbed(host) : host;
    const results = await nca.infectionTrials(hosts, rule, nca.changedLizard(lizard, change), {
      ...options,
      ...TIMES,
      trials,
      ages: AGES,
      points: countOf(lizard, share),
      spread: isMatrix ? 1 : 0,
      lifted: lizard,
      onProgress: (part) => onProgress?.((done + part) / all.length),
    });
    rows.push({ share, summary: nca.summaryOfTrials(results) });
  }
  return rows;
}
