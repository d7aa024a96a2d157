// How well each rule grows its picture, keeps it, and heals.

import * as nca from "../../lib/node.js";
import { percent, tableOf } from "../shared/text.js";
import type { Entry } from "./entry.js";
import { inTurn, lossCell, type Report } from "./table.js";

export async function growthTable(entries: readonly Entry[], onProgress: Report): Promise<string[]> {
  const growing = entries.filter(({ infects }) => !infects); // an infection grows nothing by itself
  const rows = await inTurn(growing, onProgress, async ({ name, rule, target }, onProgress) => {
    const { logLoss, recovery } = await nca.evaluate(rule, target, { onProgress });
    const recovered = Object.values(recovery).map((at) => `${percent(at.recovered)} of ${at.cases}`);
    return [`\`${name}\``, ...Object.values(logLoss).map(lossCell), ...recovered];
  });
  return tableOf(["rule", "log loss at 96", "200", "1,000", "10,000", "recovered at +200", "+1,000"], rows);
}
