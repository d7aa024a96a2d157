// How well each infection takes its host: over all, by condition, and on hosts that it never saw.

import * as nca from "../../lib/index.js";
import { type Entry, lossCell, percent } from "./entry.js";

/** Trials of an infection on its own host, of one under one other condition, and of one that is watched for long. */
const TRIALS = 200;
const CONDITION_TRIALS = 64;
const LONG_TRIALS = 8;
const LONG = 10_000; // CA steps
/** Host ages in CA steps, by which the trials are told apart. */
const AGES = [
  [20, 99],
  [100, 199],
  [200, 300],
] as const;
const POINTS = [3, 10];
const SPREADS = [0.25, 1];

type Infection = Entry & { readonly hosts: nca.Strains };
type Report = (done: number) => void;

function infectionsOf(entries: readonly Entry[]): Infection[] {
  return entries.filter((entry): entry is Infection => entry.hosts !== undefined);
}

function trialsOf({ hosts, rule, target }: Infection, options: nca.TrialsOptions): nca.Trial[] {
  return nca.infectionTrials(hosts, rule, target, options);
}

function successOf(trials: readonly nca.Trial[]): string {
  return percent(nca.summaryOfTrials(trials).success);
}

/** Rows for all, one after the other; each hears of its own progress. */
function rowsOf<T extends Entry>(all: readonly T[], report: Report, row: (one: T, report: Report) => string) {
  return all.map((one, i) => row(one, (part) => report((i + part) / all.length)));
}

export function infectionTable(entries: readonly Entry[], onProgress: Report): string[] {
  const rows = rowsOf(infectionsOf(entries), onProgress, (infection, report) => {
    const trials = trialsOf(infection, { trials: TRIALS, onProgress: (part) => report(part / 2) });
    const long = trialsOf(infection, {
      trials: LONG_TRIALS,
      measured: [LONG],
      onProgress: (part) => report(0.5 + part / 2),
    });
    const { stepsToSuccess, cellsAStep, logLoss } = nca.summaryOfTrials(trials);
    const numbers = [
      `${successOf(trials)} of ${trials.length}`,
      stepsToSuccess.median ?? "-",
      lossCell(logLoss[200]),
      lossCell(logLoss[1000]),
      lossCell(nca.summaryOfTrials(long).logLoss[LONG]),
      cellsAStep.median?.toFixed(2) ?? "-",
    ];
    return `| \`${infection.name}\` | ${numbers.join(" | ")} |`;
  });
  return [
    "| infection | success | CA steps to success | log loss at 200 | 1,000 | 10,000 | front, cells a CA step |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ];
}

export function conditionsTable(entries: readonly Entry[], onProgress: Report): string[] {
  const conditions: [string, nca.TrialsOptions][] = [
    ...AGES.map((ages): [string, nca.TrialsOptions] => [`age ${ages.join(" to ")}`, { ages }]),
    ...POINTS.map((points): [string, nca.TrialsOptions] => [`${points} points`, { points }]),
    ...SPREADS.map((spread): [string, nca.TrialsOptions] => [`spread ${spread}`, { spread }]),
  ];
  const rows = rowsOf(infectionsOf(entries), onProgress, (infection, report) => {
    const cells = conditions.map(([, options], i) => {
      const onProgress = (part: number) => report((i + part) / conditions.length);
      return successOf(trialsOf(infection, { ...options, trials: CONDITION_TRIALS, onProgress }));
    });
    return `| \`${infection.name}\` | ${cells.join(" | ")} |`;
  });
  const head = `| infection | ${conditions.map(([name]) => name).join(" | ")} |`;
  return [head, `|---${"|---".repeat(conditions.length)}|`, ...rows];
}

export function crossTable(entries: readonly Entry[], onProgress: Report): string[] {
  const growing = entries.filter(({ hosts }) => !hosts);
  const infections = infectionsOf(entries).filter(({ isCure }) => !isCure);
  const rows = rowsOf(infections, onProgress, (infection, report) => {
    const cells = growing.map(({ rule }, i) => {
      const onProgress = (part: number) => report((i + part) / growing.length);
      const hosts = nca.strainsOf(rule);
      const trials = trialsOf({ ...infection, hosts }, { trials: CONDITION_TRIALS, onProgress });
      return `${successOf(trials)}, ${lossCell(nca.summaryOfTrials(trials).logLoss[1000])}`;
    });
    return `| \`${infection.name}\` | ${cells.join(" | ")} |`;
  });
  const head = `| infection | ${growing.map(({ name }) => `\`${name}\``).join(" | ")} |`;
  return [head, `|---${"|---".repeat(growing.length)}|`, ...rows];
}
