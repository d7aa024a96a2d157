// How well each rule grows its picture, keeps it, and heals.

import * as nca from "../../lib/node.js";
import { lossCell, percent, tableOf } from "../shared/text.js";
import type { Entry } from "./entry.js";
import { inTurn, type Report } from "./table.js";

/** Growths of each rule, every one of them cut in five ways; there are twice as many lives of ten wounds. */
const RUNS = 32;
const HEAD = [
  "rule",
  "log loss at 96",
  "200",
  "1,000",
  "10,000",
  "cuts, at +200",
  "+1,000",
  "ten wounds, at +100",
  "+200",
];

export async function growthTable(
  entries: readonly Entry[],
  onProgress: Report,
  { usual: runs = RUNS } = {},
): Promise<string[]> {
  const growing = entries.filter(({ infects }) => !infects); // an infection grows nothing by itself
  const rows = await inTurn(growing, onProgress, async ({ name, rule, target }, onProgress) => {
    const evaluation = await nca.evaluate(rule, target, { runs, lives: 2 * runs, onProgress });
    const { logLoss, recovery, lives } = evaluation;
    const recovered = [recovery[200], recovery[1000], lives[100], lives[200]];
    return [
      `\`${name}\``,
      ...Object.values(logLoss).map(lossCell),
      ...recovered.map(({ recovered, cases }) => `${percent(recovered)} of ${cases}`),
    ];
  });
  return tableOf(HEAD, rows);
}
