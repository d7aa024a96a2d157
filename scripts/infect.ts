// npm run infect: trials of an infection, how often it takes a host over and how fast.

import { SPREAD } from "../lib/infection/infect.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { jsonFlag, MODEL_FILES, modelFile, range, rngSeedFlag, spreadFlag, whole } from "./shared/flags.js";
import { Progress } from "./shared/progress.js";
import { targetLike } from "./shared/remembered.js";
import { AS_TRAINED, paddingFlag, sizeFlag, targetFlag } from "./shared/target.js";
import { lossCell } from "./shared/text.js";
import { strainsBefore } from "./shared/train-flags.js";

export const infectFlags = command(
  "infect",
  "Tries an infection: how often it takes a host over, and how fast.",
  [
    "--host models/bird.safetensors --infection models/bird-to-lizard.safetensors --target targets/lizard.png",
    "--host models/bird.safetensors --via models/bird-to-lizard.safetensors " +
      "--infection models/bird-to-lizard-cure.safetensors --target targets/bird.png --trials 16 --json",
  ],
)
  .optionsGroup("Who infects whom:")
  .addOption(modelFile("--host <file>", `the host's rule, ${MODEL_FILES}`).makeOptionMandatory())
  .addOption(
    modelFile("--via <file>", "an infection that has taken the host before, where the one tried is a cure"),
  )
  .addOption(modelFile("--infection <file>", "the infection's rule").makeOptionMandatory())
  .addOption(targetFlag("that it should turn the host into").makeOptionMandatory())
  .addOption(sizeFlag().default(undefined, `${AS_TRAINED} 40`))
  .addOption(paddingFlag().default(undefined, `${AS_TRAINED} 16`))
  .optionsGroup("Trials:")
  .addOption(
    whole(
      "--trials <number>",
      "how often a host is infected; hosts are drawn from 16 lives",
      1,
      100_000,
    ).default(64),
  )
  .addOption(whole("--points <number>", "cells that are infected at first", 1).default(1))
  .addOption(
    range("--ages <steps>", "ages of the hosts in CA steps, at least and at most").default(
      [20, 300],
      "20:300",
    ),
  )
  .addOption(spreadFlag().default(SPREAD))
  .addOption(
    whole("--measure <steps>", "more CA steps at which the loss is taken, such as 10000", 1, 1_000_000),
  )
  .addOption(rngSeedFlag("all randomness"))
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(engineFlag());

await runCommand(import.meta.url, infectFlags, async ({ values }) => {
  const nca = await import("../lib/node.js");
  const { trials, points, ages, spread, measure, rngSeed } = values;
  const hosts = await strainsBefore(values.host, values.via);
  const checkpoint = await nca.loadCheckpoint(values.infection);
  const { rule: infection } = checkpoint;
  const target = await targetLike(checkpoint, values.infection, values);
  const progress = new Progress(trials, 0, "trials");
  const results = await nca.infectionTrials(hosts, infection, target, {
    trials,
    points,
    ages,
    spread,
    measured: measure ? [measure] : [],
    rngSeed,
    engine: engineOf(values),
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
    ["front in cells per CA step, median", number(summary.cellsAStep.median, 2)],
    ...Object.entries(summary.logLoss).map(([step, losses]) => [
      `log loss at ${step}, median (worst)`,
      lossCell(losses),
    ]),
  ];
  for (const [what, value] of rows) process.stdout.write(`${what.padEnd(36)}${value}\n`);
});
