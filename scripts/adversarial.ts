// npm run adversarial: turns a lizard into one without a tail, or a red one, by adversaries among its cells or by one matrix
// that every cell's state is multiplied by; and measures how well that goes.

import { Option } from "@commander-js/extra-typings";
import { CHANGES, MEANS } from "../lib/adversarial/changes.js";
import type { Rule, Target, TrainerOptions } from "../lib/node.js";
import type { Reprogrammed } from "./chapters/reprogrammed.js";
import { checkChapter, trainChapter } from "./chapters/training.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import {
  forceFlag,
  jsonFlag,
  MODEL_FILES,
  modelFile,
  oneOf,
  range,
  resumeFlag,
  rngSeedFlag,
  stepsFlag,
  trainedFlag,
  whole,
} from "./shared/flags.js";
import { modelPath } from "./shared/models.js";
import { Progress } from "./shared/progress.js";
import { targetFlag } from "./shared/target.js";
import { columnsOf, lossCell, percent } from "./shared/text.js";
import { UsageError } from "./shared/usage.js";

export const adversarialFlags = command(
  "adversarial",
  "Turns a lizard into one without a tail, or a red one: by adversaries among its cells, or by a matrix.",
  [
    "--by matrix --change red --out my-red.safetensors",
    "--by matrix --change red --model my-red.safetensors",
  ],
)
  .optionsGroup("Who becomes what, and how:")
  .addOption(oneOf("--by <means>", "what changes it", MEANS).makeOptionMandatory())
  .addOption(oneOf("--change <name>", "what it is turned into", CHANGES).makeOptionMandatory())
  .addOption(
    modelFile("--host <file>", `the lizard's rule, ${MODEL_FILES}`).default(
      modelPath("lizard-regenerating"),
      "lizard-regenerating",
    ),
  )
  .addOption(targetFlag("that the host grows").default("targets/lizard.png"))
  .optionsGroup("Training:")
  .addOption(trainedFlag())
  .addOption(stepsFlag(3000))
  .addOption(
    whole(
      "--batch <number>",
      "lizards in a batch: with more of them those of the pool grow older",
      1,
      1024,
    ).default(4),
  )
  .addOption(
    range("--percent <shares>", "how many of the cells are adversaries in the training, in per cent").default(
      [10, 40],
      "10:40",
    ),
  )
  .addOption(rngSeedFlag("the training, or the trials"))
  .addOption(resumeFlag())
  .addOption(forceFlag())
  .optionsGroup("Measuring:")
  .addOption(modelFile("--model <file>", "a rule that was trained so"))
  .addOption(whole("--trials <number>", "lizards that are to be changed", 1, 100_000).default(64))
  .addOption(new Option("--survey", "adversaries: how few of them suffice"))
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(engineFlag());

type Nca = typeof import("../lib/node.js");
type Values = ReturnType<typeof adversarialFlags.opts>;

/** How both are trained. */
function recipeFor(steps: number, batch: number) {
  return {
    regime: "persistent",
    steps,
    batch,
    poolSize: 192,
    objective: "root",
    rollout: [64, 128],
    learningRate: 1e-3,
    decay: [
      [Math.round(0.5 * steps), 0.4],
      [Math.round(0.75 * steps), 0.3],
      [Math.round(0.9 * steps), 0.3],
    ],
    average: 0.995,
    replaced: "any", // else those with few adversaries, which are hard, would soon be gone
  } satisfies TrainerOptions;
}

async function train(nca: Nca, values: Values, out: string, host: Rule, lizard: Target): Promise<void> {
  const { AGES, countOf } = await import("./chapters/reprogrammed.js");
  const { by, change, rngSeed, steps, batch, percent: shares } = values;
  const target = nca.changedLizard(lizard, change);
  const options = { ...recipeFor(steps, batch), rngSeed };
  if (by === "matrix") {
    const task = nca.perturbationOf(host, target, { ages: AGES, rngSeed });
    const finish = (rule: Rule) => nca.perturbed(host, nca.matrixOf(rule)); // a mean of the same weights rounds them
    return trainChapter({ ...values, out }, { start: nca.perturbed(host), task, options, finish });
  }
  const points = shares.map((share) => countOf(lizard, share / 100)) as [number, number];
  const task = nca.adversariesOf(host, target, { ages: AGES, rngSeed, points });
  return trainChapter({ ...values, out }, { start: nca.cloneRule(host), task, options });
}

function writeTable(rows: readonly Reprogrammed[]): void {
  const heads = [
    "share",
    "changed",
    "at 200",
    "at 500",
    "at 2,000",
    "are adversaries then",
    "without, +1,000",
  ];
  const lines = rows.map(({ share, summary: { success, logLoss, infected, lifted } }) => [
    percent(share),
    percent(success),
    ...["200", "500", "2000"].map((step) => lossCell(logLoss[step])),
    percent(infected.median ?? 0),
    lossCell(lifted["1000"]),
  ]);
  process.stdout.write(columnsOf(heads, lines));
}

await runCommand(import.meta.url, adversarialFlags, async ({ values }) => {
  checkChapter(values);
  if (values.survey && (values.by === "matrix" || values.out !== undefined))
    throw new UsageError(
      "--survey has no effect on a matrix or a training; it goes with --by adversaries and --model.",
    );
  const nca = await import("../lib/node.js");
  const { reprogrammed, SHARES, USUAL } = await import("./chapters/reprogrammed.js");
  const host = await nca.load(values.host);
  const lizard = await nca.loadTarget(values.target);
  if (values.out !== undefined) return train(nca, values, values.out, host, lizard);
  const { by, change, trials, rngSeed, survey } = values;
  const progress = new Progress(trials, 0, "lizards");
  const rows = await reprogrammed(
    await nca.load(values.model!),
    { host, lizard },
    {
      by,
      change,
      trials,
      rngSeed,
      shares: survey ? SHARES : [USUAL],
      engine: engineOf(values),
      onProgress: (done) => progress.update(done * trials, "2,000 CA steps, then 1,000 without"),
    },
  );
  if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else writeTable(rows);
});
