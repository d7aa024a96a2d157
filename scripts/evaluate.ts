// npm run evaluate: how well a rule grows, lives on and heals.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import type { Evaluation, Rule, SurvivalOptions, Target } from "../lib/node.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, jsonFlag, modelFlag, rngSeedFlag, whole } from "./shared/flags.js";
import { Progress } from "./shared/progress.js";
import { targetLike } from "./shared/remembered.js";
import { AS_TRAINED, paddingFlag, sizeFlag, targetFlag } from "./shared/target.js";
import { lossText, percent } from "./shared/text.js";
import { UsageError } from "./shared/usage.js";

export const evaluateFlags = command("evaluate", "Measures how well a rule grows, lives on and heals.", [
  "--model models/lizard.safetensors --target targets/lizard.png",
  "--model bird.safetensors --target targets/bird.png --runs 32 --json",
])
  .optionsGroup("What to measure:")
  .addOption(modelFlag())
  .addOption(targetFlag("it should grow").makeOptionMandatory())
  .addOption(sizeFlag().default(undefined, `${AS_TRAINED} 40`))
  .addOption(paddingFlag().default(undefined, `${AS_TRAINED} 16`))
  .optionsGroup("How:")
  .addOption(whole("--runs <number>", "growths from the seed, each with other coins", 1, 1000).default(8))
  .addOption(
    whole(
      "--lives <number>",
      "patterns that get ten random wounds in a row, 100 CA steps apart; 0 leaves that out",
      0,
      1024,
    ).default(64),
  )
  .addOption(rngSeedFlag("the coins and the wounds"))
  .addOption(
    file(
      "--survival <file>",
      "draws where and how large a hole may be to heal within 200 CA steps, a .png file; a minute or two more",
    ),
  )
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(new Option("--force", "draw over a file that is there"))
  .addOption(engineFlag());

/** The measurements as text. */
function writeTable(evaluation: Evaluation): void {
  const number = (value: number) => lossText(value).padStart(8);
  process.stdout.write("CA step    log loss: median   worst\n");
  for (const [step, { median, worst }] of Object.entries(evaluation.logLoss)) {
    process.stdout.write(`${step.padStart(7)}            ${number(median)}${number(worst)}\n`);
  }
  for (const [step, { recovered, cases }] of Object.entries(evaluation.recovery)) {
    process.stdout.write(`recovered ${step} steps after a cut: ${percent(recovered)} of ${cases}\n`);
  }
  for (const [step, { recovered, cases }] of Object.entries(evaluation.lives)) {
    process.stdout.write(`recovered ${step} steps after ten wounds: ${percent(recovered)} of ${cases}\n`);
  }
}

/** Draws the map of the holes that the rule survives. */
async function drawSurvival(
  path: string,
  rule: Rule,
  target: Target,
  options: SurvivalOptions,
): Promise<void> {
  const nca = await import("../lib/index.js");
  const chart = nca.survivalMap(await nca.survivalOf(rule, target, options), target);
  await nca.writeFileAtomic(path, nca.rasterised(chart.svg(), undefined, "transparent").bytes);
}

await runCommand(import.meta.url, evaluateFlags, async ({ values }) => {
  const { survival } = values;
  if (survival !== undefined && !survival.endsWith(".png"))
    throw new UsageError(`--survival is "${survival}"; expected a .png file.`);
  if (survival !== undefined && !existsSync(dirname(survival)))
    throw new UsageError(`--survival is "${survival}"; the folder ${dirname(survival)} does not exist.`);
  if (survival !== undefined && existsSync(survival) && !values.force)
    throw new UsageError(
      `${survival} is there already, and would be lost: give another --survival, or --force.`,
    );
  const nca = await import("../lib/node.js");
  const checkpoint = await nca.loadCheckpoint(values.model);
  const { rule } = checkpoint;
  const target = await targetLike(checkpoint, values.model, values);
  const progress = new Progress(nca.MEASURED_STEPS[nca.MEASURED_STEPS.length - 1]);
  const evaluation = await nca.evaluate(rule, target, {
    runs: values.runs,
    lives: values.lives,
    rngSeed: values.rngSeed,
    engine: engineOf(values),
    onProgress: (done) => progress.update(Math.round(done * 10_000), "CA steps"),
  });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(evaluation)}\n`);
  } else {
    writeTable(evaluation);
  }
  if (survival !== undefined) {
    const holes = new Progress(100, 0, "%");
    const onProgress = (done: number) => holes.update(Math.round(done * 100), "holes");
    await drawSurvival(survival, rule, target, {
      rngSeed: values.rngSeed,
      engine: engineOf(values),
      onProgress,
    });
  }
});
