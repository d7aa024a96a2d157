// How well each infection takes its host over: overall, by condition, and on hosts that it was not trained on.

import * as nca from "../../lib/node.js";
import { modelPath } from "../shared/models.js";
import { lossCell, percent, tableOf } from "../shared/text.js";
import type { Entry, Infects } from "./entry.js";
import { inTurn, type Report } from "./table.js";

/** How many trials an infection gets on its own host, under one other condition, and when watched for long. */
const TRIALS = 200;
const CONDITION_TRIALS = 64;
const LONG_TRIALS = 8;
const LONG = 10_000; // CA steps
/** Conditions, each of which differs from the usual ones in one thing. */
const CONDITIONS: readonly (readonly [string, nca.TrialsOptions])[] = [
  ["age 20 to 99", { ages: [20, 99] }],
  ["age 100 to 199", { ages: [100, 199] }],
  ["age 200 to 300", { ages: [200, 300] }],
  ["3 points", { points: 3 }],
  ["10 points", { points: 10 }],
  ["spread 0.25", { spread: 0.25 }],
  ["spread 1", { spread: 1 }],
];
const NOTHING = "-";

type Infection = Entry & { readonly infects: Infects };

function infectionsOf(entries: readonly Entry[]): Infection[] {
  return entries.filter((entry): entry is Infection => entry.infects !== undefined);
}

/** How many trials of each kind; a test takes fewer. */
export interface Trials {
  readonly usual: number;
  readonly condition: number;
  readonly long: number;
}

const ALL: Trials = { usual: TRIALS, condition: CONDITION_TRIALS, long: LONG_TRIALS };

/** Each infection on its own host. */
export async function infectionTable(
  entries: readonly Entry[],
  onProgress: Report,
  count = ALL,
): Promise<string[]> {
  const rows = await inTurn(
    infectionsOf(entries),
    onProgress,
    async ({ name, infects, rule, target }, report) => {
      const [trials, long] = await inTurn(
        [{ trials: count.usual }, { trials: count.long, measured: [LONG] }],
        report,
        (options, onProgress) =>
          nca.infectionTrials(infects.strains, rule, target, { ...options, onProgress }),
      );
      const { success, stepsToSuccess, cellsAStep, logLoss } = nca.summaryOfTrials(trials);
      return [
        `\`${name}\``,
        `${percent(success)} of ${trials.length}`,
        `${stepsToSuccess.median ?? NOTHING}`,
        lossCell(logLoss[200]),
        lossCell(logLoss[1000]),
        lossCell(nca.summaryOfTrials(long).logLoss[LONG]),
        cellsAStep.median?.toFixed(2) ?? NOTHING,
      ];
    },
  );
  return tableOf(
    [
      "infection",
      "success",
      "CA steps to success",
      "log loss at 200",
      "1,000",
      "10,000",
      "front, cells per CA step",
    ],
    rows,
  );
}

/** Success of each infection under other conditions. */
export async function conditionsTable(
  entries: readonly Entry[],
  onProgress: Report,
  count = ALL,
): Promise<string[]> {
  const rows = await inTurn(
    infectionsOf(entries),
    onProgress,
    async ({ name, infects, rule, target }, report) => {
      const cells = await inTurn(CONDITIONS, report, async ([, condition], onProgress) => {
        const options = { ...condition, trials: count.condition, onProgress };
        const trials = await nca.infectionTrials(infects.strains, rule, target, options);
        return percent(nca.summaryOfTrials(trials).success);
      });
      return [`\`${name}\``, ...cells];
    },
  );
  return tableOf(["infection", ...CONDITIONS.map(([condition]) => condition)], rows);
}

/** Whether a host is none that the infection was trained on, and shows another picture. */
function isForeign(host: Entry, { infects, picture }: Infection): boolean {
  return (
    host.picture !== picture && ![infects.hostPath, ...infects.otherPaths].includes(modelPath(host.name))
  );
}

/** Infections that are not cures, and the hosts that are foreign to one of them. */
export function crossings(entries: readonly Entry[]) {
  const infections = infectionsOf(entries).filter(({ infects }) => !infects.isCure);
  const hosts = entries.filter(({ infects }) => !infects);
  return { infections, hosts: hosts.filter((host) => infections.some((one) => isForeign(host, one))) };
}

/** Each infection on every foreign host: success, and log loss at 1,000. */
export async function crossTable(
  entries: readonly Entry[],
  onProgress: Report,
  count = ALL,
): Promise<string[]> {
  const { infections, hosts } = crossings(entries);
  const rows = await inTurn(infections, onProgress, async (infection, report) => {
    const cells = await inTurn(hosts, report, async (host, onProgress) => {
      if (!isForeign(host, infection)) return NOTHING;
      const options = { trials: count.condition, onProgress };
      const trials = await nca.infectionTrials(host.rule, infection.rule, infection.target, options);
      const { success, logLoss } = nca.summaryOfTrials(trials);
      return `${percent(success)}, ${lossCell(logLoss[1000])}`;
    });
    return [`\`${infection.name}\``, ...cells];
  });
  return tableOf(["infection", ...hosts.map(({ name }) => `\`${name}\``)], rows);
}
