// npm run infect: trials of an infection, how often it takes a host over and how fast.

import * as nca from "../lib/index.js";
import { lossText, MODEL_FILES, positiveNumber, runCommand, wholeNumber } from "./shared/command.js";
import { Progress } from "./shared/progress.js";
import { rangeOf, strainsBefore } from "./shared/recipe.js";
import { sizeFlags, targetFor } from "./shared/target.js";

const flags = {
  host: { help: `the host's rule: ${MODEL_FILES}` },
  via: { help: "an infection that has taken the host before, where the one tried is a cure", value: "" },
  infection: { help: "the infection's rule" },
  target: { help: "the PNG that it should turn the host into" },
  trials: { help: "how often a host is infected; hosts are drawn from 16 lives", value: "64" },
  points: { help: "cells that are infected at first", value: "1" },
  ages: { help: "ages of the hosts in CA steps, at least and at most", value: "20:300" },
  spread: { help: "how likely an infected cell infects one beside it, a CA step", value: `${nca.SPREAD}` },
  ...sizeFlags,
  measure: { help: "more CA steps at which the loss is taken, such as 10000", value: "" },
  "rng-seed": { help: "starts all randomness", value: "0" },
  json: { help: "print one JSON document", value: false },
} as const;

await runCommand("infect", flags, async (values) => {
  const hosts = await strainsBefore(values.host, values.via);
  const infection = await nca.load(values.infection);
  const target = await targetFor(infection, values);
  const trials = wholeNumber("trials", values.trials, 1, 100_000);
  const progress = new Progress(trials, 0, "trials");
  const results = await nca.infectionTrials(hosts, infection, target, {
    trials,
    points: wholeNumber("points", values.points, 1),
    ages: rangeOf("ages", values.ages),
    spread: positiveNumber("spread", values.spread),
    measured: values.measure ? [wholeNumber("measure", values.measure, 1, 1_000_000)] : [],
    rngSeed: wholeNumber("rng-seed", values["rng-seed"]),
    onProgress: (done) => progress.update(done * trials, "infected"),
  });
  const summary = nca.summaryOfTrials(results);
  if (values.json) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const number = (value: number | null, digits: number) => (value === null ? "-" : value.toFixed(digits));
  const rows = [
    [`success in ${trials} trials`, `${(100 * summary.success).toFixed(1)} %`],
    ["CA steps to success, median", number(summary.stepsToSuccess.median, 0)],
    ["front in cells a CA step, median", number(summary.cellsAStep.median, 2)],
    ...Object.entries(summary.logLoss).map(([step, { median, worst }]) => [
      `log loss at ${step}, median (worst)`,
      `${lossText(median)} (${lossText(worst)})`,
    ]),
  ];
  for (const [what, value] of rows) process.stdout.write(`${what.padEnd(36)}${value}\n`);
});
