// How far the cells of digits are right, and agree, as time goes by.

import { defaultEngine } from "../engine/engines.js";
import { statesAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import type { MeasureOptions } from "../train/task.js";
import { beliefsOf, cellsOfDigits, checkDigits, type Digit, LABELS } from "./digit.js";

/** The CA steps at which it is measured. */
export const MEASURED_AT: readonly number[] = [10, 20, 40, 60, 80, 100, 150, 200];
/** Digits that are computed at a time. */
const AT_ONCE = 250;

/** Shares of the digits, by the CA step. */
export interface Agreement {
  readonly digits: number;
  /** Cells that are right: the mean over digits of the share in each. */
  readonly accuracy: Readonly<Record<number, number>>;
  /** Digits in which more cells are right than believe any other label. */
  readonly majority: Readonly<Record<number, number>>;
  /** Digits in which all cells believe the same, right or wrong. */
  readonly agreement: Readonly<Record<number, number>>;
  /** Digits in which all cells are right. */
  readonly allRight: Readonly<Record<number, number>>;
}

/** Measures a rule on digits that it starts from knowing nothing. */
export async function agreementOf(
  rule: Rule,
  digits: readonly Digit[],
  { engine = defaultEngine(), rngSeed = 0, onProgress }: MeasureOptions = {},
): Promise<Agreement> {
  checkDigits(digits);
  const sums = MEASURED_AT.map(() => ({ accuracy: 0, majority: 0, agreement: 0, allRight: 0 }));
  for (let first = 0; first < digits.length; first += AT_ONCE) {
    const some = digits.slice(first, first + AT_ONCE);
    const start = cellsOfDigits(some);
    for await (const { step, cells } of statesAt(rule, start, MEASURED_AT, { engine, rngSeed })) {
      const sum = sums[MEASURED_AT.indexOf(step)];
      const beliefs = beliefsOf(cells);
      const area = beliefs.length / some.length;
      some.forEach(({ label }, i) => {
        const votes = new Array<number>(LABELS).fill(0);
        for (const belief of beliefs.subarray(i * area, (i + 1) * area)) if (belief >= 0) votes[belief]++;
        const all = votes.reduce((a, b) => a + b, 0);
        sum.accuracy += all > 0 ? votes[label] / all : 0;
        sum.majority += Number(votes.every((count, other) => other === label || count < votes[label]));
        sum.agreement += Number(all > 0 && votes.includes(all));
        sum.allRight += Number(all > 0 && votes[label] === all);
      });
    }
    onProgress?.(Math.min(1, (first + AT_ONCE) / digits.length));
  }
  const shares = (what: keyof (typeof sums)[number]) =>
    Object.fromEntries(MEASURED_AT.map((step, i) => [step, sums[i][what] / digits.length]));
  return {
    digits: digits.length,
    accuracy: shares("accuracy"),
    majority: shares("majority"),
    agreement: shares("agreement"),
    allRight: shares("allRight"),
  };
}
