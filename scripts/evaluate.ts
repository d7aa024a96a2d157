// npm run evaluate: how well a rule grows, lives on and heals.

import * as nca from "../lib/index.js";
import { lossText, MODEL_FILES, runCommand, wholeNumber } from "./shared/command.js";
import { Progress } from "./shared/progress.js";
import { sizeFlags, targetFor } from "./shared/target.js";

const flags = {
  model: { help: `the rule: ${MODEL_FILES}` },
  target: { help: "the PNG it should grow" },
  ...sizeFlags,
  runs: { help: "growths from the seed, each with other coins", value: "8" },
  "rng-seed": { help: "starts the coins", value: "0" },
  json: { help: "print one JSON document", value: false },
} as const;

await runCommand("evaluate", flags, async (values) => {
  const rule = await nca.load(values.model);
  const target = await targetFor(rule, values);
  const progress = new Progress(nca.MEASURED_STEPS[nca.MEASURED_STEPS.length - 1]);
  const evaluation = await nca.evaluate(rule, target, {
    runs: wholeNumber("runs", values.runs, 1, 1000),
    rngSeed: wholeNumber("rng-seed", values["rng-seed"]),
    onProgress: (done) => progress.update(Math.round(done * 10_000), "CA steps"),
  });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(evaluation)}\n`);
    return;
  }
  const number = (value: number) => lossText(value).padStart(8);
  process.stdout.write("CA step    log loss: median   worst\n");
  for (const [step, { median, worst }] of Object.entries(evaluation.logLoss)) {
    process.stdout.write(`${step.padStart(7)}            ${number(median)}${number(worst)}\n`);
  }
  for (const [step, { recovered, cases }] of Object.entries(evaluation.recovery)) {
    process.stdout.write(
      `recovered ${step} steps after a cut: ${Math.round(recovered * 100)} % of ${cases}\n`,
    );
  }
});
