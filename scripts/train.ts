// npm run train: trains a rule to grow a picture.

import { existsSync, rmSync } from "node:fs";
import * as nca from "../lib/index.js";
import { type Flags, oneOf, runCommand, wholeNumber } from "./command.js";
import { Progress } from "./progress.js";

const CHECKPOINT_SECONDS = 120;
const SMOOTH = 0.95; // of the loss that the progress bar shows

const flags = {
  target: { help: "the PNG to grow" },
  out: { help: "where the rule goes, a .safetensors file" },
  regime: { help: nca.REGIMES.join(", "), value: "persistent" },
  steps: { help: "training steps", value: "8000" },
  "rng-seed": { help: "starts all randomness", value: "0" },
  size: { help: "longest side of the picture in cells", value: "40" },
  padding: { help: "empty cells on each side of it", value: "16" },
  batch: { help: "samples a training step", value: "8" },
  pool: { help: "samples in the pool", value: "1024" },
  perception: { help: nca.PERCEPTIONS.join(", "), value: "sobel" },
  hidden: { help: "units of the hidden layer", value: "128" },
  "alive-mask": { help: nca.ALIVE_MASKS.join(", "), value: "pre-and-post" },
  resume: { help: "go on where an earlier run of the same command stopped", value: false },
} as const;

/** The command that makes the file again: the flags that are not as by default, in a fixed order. */
function commandOf(values: Record<string, string | boolean>): string {
  const given = Object.entries(flags as Flags).filter(([flag, { value }]) => {
    return flag !== "resume" && values[flag] !== value;
  });
  return `npm run train -- ${given.map(([flag]) => `--${flag} ${values[flag]}`).join(" ")}`;
}

await runCommand("train", flags, async (values) => {
  const target = await nca.loadTarget(values.target, {
    size: wholeNumber("size", values.size, 1),
    padding: wholeNumber("padding", values.padding),
  });
  const rngSeed = wholeNumber("rng-seed", values["rng-seed"]);
  const rule = nca.createRule({
    perception: oneOf("perception", values.perception, nca.PERCEPTIONS),
    hidden: wholeNumber("hidden", values.hidden, 1, nca.MAX_HIDDEN),
    aliveMask: oneOf("alive-mask", values["alive-mask"], nca.ALIVE_MASKS),
    rngSeed,
  });
  const options = {
    regime: oneOf("regime", values.regime, nca.REGIMES),
    steps: wholeNumber("steps", values.steps, 1),
    batch: wholeNumber("batch", values.batch, 1),
    poolSize: wholeNumber("pool", values.pool, 1),
    rngSeed,
  };
  const statePath = `${values.out}.training`;
  const resumes = values.resume && existsSync(statePath);
  const trainer = resumes
    ? await nca.resumeTraining(statePath, rule, target, options)
    : new nca.Trainer(rule, target, options);
  const save = async () => {
    const notes = { command: commandOf(values), trainingStep: `${trainer.step}` };
    await nca.save(rule, values.out, notes);
    await nca.saveTraining(trainer, statePath);
  };
  await nca.saveTraining(trainer, statePath); // finds out now whether the folder can be written
  const progress = new Progress(trainer.options.steps, trainer.step);
  let smooth: number | undefined;
  let saved = performance.now();
  try {
    for await (const { step, logLoss } of nca.runTrainer(trainer)) {
      smooth = smooth === undefined ? logLoss : SMOOTH * smooth + (1 - SMOOTH) * logLoss;
      progress.update(step, `log loss ${smooth.toFixed(3)}`);
      if (performance.now() - saved < CHECKPOINT_SECONDS * 1000) continue;
      await save();
      saved = performance.now();
    }
  } finally {
    await save();
  }
  rmSync(statePath, { force: true });
});
