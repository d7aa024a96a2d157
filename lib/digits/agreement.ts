// How far the cells of digits are right, and agree, as time goes by.

import { defaultEngine } from "../engine/engines.js";
import { statesAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import type { MeasureOptions } from "../train/task.js";
import { beliefsOf, cellsOfDigits, checkDigits, type Digit, isInk, LABELS } from "./digit.js";

/** The CA steps at which it is measured. */
export const MEASURED_AT: readonly number[] = [10, 20, 40, 60, 80, 100, 150, 200];
/** Digits that are computed at a time. */
const AT_ONCE = 250;

/** What is measured at each step. */
const SHARES = ["accuracy", "majority", "agreement", "allRight"] as const;
/** A share by the CA step. */
export type SharesByStep = Readonly<Record<number, number>>;

/** Shares of the digits, by the CA step; cells are those with ink. */
export interface Agreement {
  readonly digits: number;
  /** Cells that are right: the mean over digits of the share in each. */
  readonly accuracy: SharesByStep;
  /** Digits in which more cells are right than believe any other label. */
  readonly majority: SharesByStep;
  /** Digits in which all cells believe the same, right or wrong. */
  readonly agreement: SharesByStep;
  /** Digits in which all cells are right. */
  readonly allRight: SharesByStep;
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
    const inked = some.map(({ ink }) => ink.filter((value) => isInk(value / 255)).length);
    for await (const { step, cells } of statesAt(rule, start, MEASURED_AT, { engine, rngSeed })) {
      const sum = sums[MEASURED_AT.indexOf(step)];
      const beliefs = beliefsOf(cells);
      const area = beliefs.length / some.length;
      some.forEach(({ label }, i) => {
        const votes = new Array<number>(LABELS).fill(0);
        for (const belief of beliefs.subarray(i * area, (i + 1) * area)) if (belief >= 0) votes[belief]++;
        if (inked[i] === 0) return;
        sum.accuracy += votes[label] / inked[i];
        sum.majority += Number(votes.every((count, other) => other === label || count < votes[label]));
        sum.agreement += Number(votes.includes(inked[i]));
        sum.allRight += Number(votes[label] === inked[i]);
      });
    }
    onProgress?.(Math.min(1, (first + AT_ONCE) / digits.length));
  }
  const byStep = (what: (typeof SHARES)[number]) =>
    Object.fromEntries(MEASURED_AT.map((step, i) => [step, sums[i][what] / digits.length]));
  const shares = Object.fromEntries(SHARES.map((what) => [what, byStep(what)]));
  return { digits: digits.length, ...(shares as Record<(typeof SHARES)[number], SharesByStep>) };
}
