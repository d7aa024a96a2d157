// npm run train: trains a rule to grow a picture.

import { existsSync, rmSync } from "node:fs";
import * as nca from "../lib/index.js";
import { type Flags, oneOf, positiveNumber, runCommand, UsageError, wholeNumber } from "./command.js";
import { Progress } from "./progress.js";

const CHECKPOINT_SECONDS = 120;
const SMOOTH = 0.95; // of the loss that the progress bar shows

/** What holds where no flag says otherwise: an infection is trained otherwise than growth. */
const recipe: Omit<nca.TrainingOptions, "damaged"> = {
  ...nca.RECIPE,
  ...(process.argv.some((arg) => /^--host\b/.test(arg)) && nca.INFECTION_RECIPE),
};

const flags = {
  target: { help: "the PNG to grow" },
  out: { help: "where the rule goes, a .safetensors file" },
  from: {
    help: "a rule to start from instead of a new one; may be the same file, for another stage",
    value: "",
  },
  host: { help: "the rule that it infects: then it is an infection, from the host's weights on", value: "" },
  via: { help: "an infection that has taken the host before: then it is a cure", value: "" },
  spread: { help: "how likely an infected cell infects one beside it, a CA step", value: `${nca.SPREAD}` },
  regime: { help: nca.REGIMES.join(", "), value: recipe.regime },
  steps: { help: "training steps", value: `${recipe.steps}` },
  "rng-seed": { help: "starts all randomness", value: "0" },
  "learning-rate": { help: "of the first step", value: `${recipe.learningRate}` },
  decay: {
    help: "its factors, from a training step on",
    value: recipe.decay.map((pair) => pair.join(":")).join(","),
  },
  size: { help: "longest side of the picture in cells", value: "40" },
  padding: { help: "empty cells on each side of it", value: "16" },
  batch: { help: "samples a training step", value: `${recipe.batch}` },
  pool: { help: "samples in the pool", value: `${recipe.poolSize}` },
  fresh: {
    help: "samples of each batch that are replaced by fresh ones, the worst",
    value: `${recipe.fresh}`,
  },
  rollout: { help: "CA steps of a rollout, at least and at most", value: recipe.rollout.join(":") },
  objective: {
    help: `what is made small of the samples' losses: ${nca.OBJECTIVES.join(", ")}`,
    value: recipe.objective,
  },
  damage: { help: `wounds of a regenerating training: ${nca.DAMAGES.join(", ")}`, value: recipe.damage },
  "wound-below": { help: "a sample is wounded only when its log loss is below this, if given", value: "" },
  perception: { help: nca.PERCEPTIONS.join(", "), value: "sobel" },
  hidden: { help: "units of the hidden layer", value: "128" },
  "alive-mask": { help: nca.ALIVE_MASKS.join(", "), value: "pre-and-post" },
  resume: { help: "go on where an earlier run of the same command stopped", value: false },
} as const;

const quoted = (text: string) => (/^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that makes the file again: the flags that are not as by default, in a fixed order. */
function commandOf(values: Record<string, string | boolean>): string {
  const given = Object.entries(flags as Flags).filter(([flag, { value }]) => {
    return flag !== "resume" && values[flag] !== value;
  });
  const texts = given.map(([flag]) => {
    const value = `${values[flag]}`;
    return `--${flag}${value.startsWith("-") ? "=" : " "}${quoted(value)}`; // "-3" alone would be a flag
  });
  return `npm run train -- ${texts.join(" ")}`;
}

/** "2000:0.1,7000:0.5" as pairs; "" is none. */
function decayOf(text: string): [number, number][] {
  return text
    .split(",")
    .filter(Boolean)
    .map((pair) => {
      const [step, factor, ...rest] = pair.split(":");
      if (factor === undefined || rest.length > 0) {
        throw new UsageError(`--decay has "${pair}"; expected STEP:FACTOR, such as 2000:0.1.`);
      }
      return [wholeNumber("decay", step), positiveNumber("decay", factor)];
    });
}

/** "64:95" as its two ends; "64" alone is both. */
function rolloutOf(text: string): [number, number] {
  const [from, to = from, ...rest] = text.split(":");
  if (rest.length > 0) throw new UsageError(`--rollout is "${text}"; expected LOW:HIGH, such as 64:95.`);
  return [wholeNumber("rollout", from, 1), wholeNumber("rollout", to, 1)];
}

function logLossOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  throw new UsageError(`--wound-below is "${text}"; expected a log loss, such as -3.`);
}

/** The strains that are there before an infection comes. */
async function hostsOf(host: string, via: string): Promise<nca.Strains> {
  const alone = nca.strainsOf(await nca.load(host));
  return via ? nca.withStrain(alone, await nca.load(via), nca.SPREAD) : alone;
}

function checkPaths(out: string, state: string, resume: boolean): void {
  if (!out.endsWith(".safetensors")) throw new UsageError(`--out is "${out}"; expected a .safetensors file.`);
  if (!resume && existsSync(state)) {
    throw new UsageError(
      `${state} holds an unfinished training: add --resume to go on with it, or remove it.`,
    );
  }
  if (resume && !existsSync(state) && existsSync(out)) {
    throw new UsageError(
      `${out} is finished, there is nothing to resume; without --resume it is trained anew.`,
    );
  }
}

await runCommand("train", flags, async (values) => {
  const statePath = `${values.out}.training`;
  checkPaths(values.out, statePath, values.resume);
  const target = await nca.loadTarget(values.target, {
    size: wholeNumber("size", values.size, 1),
    padding: wholeNumber("padding", values.padding),
  });
  const rngSeed = wholeNumber("rng-seed", values["rng-seed"]);
  const created = nca.createRule({
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
    fresh: wholeNumber("fresh", values.fresh),
    learningRate: positiveNumber("learning-rate", values["learning-rate"]),
    decay: decayOf(values.decay),
    rollout: rolloutOf(values.rollout),
    objective: oneOf("objective", values.objective, nca.OBJECTIVES),
    woundBelow: values["wound-below"] ? logLossOf(values["wound-below"]) : undefined,
    damage: oneOf("damage", values.damage, nca.DAMAGES),
    rngSeed,
  };
  const from = values.from ? await nca.loadCheckpoint(values.from) : undefined;
  const hosts = values.host ? await hostsOf(values.host, values.via) : undefined;
  const rule = from?.rule ?? (hosts && nca.cloneRule(hosts.rules[0])) ?? created;
  const spread = positiveNumber("spread", values.spread);
  const task = hosts && nca.infectionOf(hosts, target, { spread, rngSeed });
  // a file trained in stages needs the commands of all of them, and stays as it is until the last is done
  const isStage = values.from === values.out;
  const stages = isStage && from?.notes.command ? [from.notes.command] : [];
  const command = [...stages, commandOf(values)].join(" && ");
  const trainer = existsSync(statePath)
    ? await nca.resumeTraining(statePath, rule, target, options, task)
    : new nca.Trainer(rule, target, options, task);
  const saveRule = () => nca.save(trainer.rule, values.out, { command, trainingStep: `${trainer.step}` });
  const save = async () => {
    if (!isStage) await saveRule();
    await nca.saveTraining(trainer, statePath);
  };
  await nca.saveTraining(trainer, statePath); // finds out now whether the folder can be written
  if (values.resume && trainer.step === 0) console.error("There is nothing to resume: training starts anew.");
  const progress = new Progress(trainer.options.steps, trainer.step);
  let smooth: number | undefined;
  let saved = performance.now();
  try {
    for await (const { step, logLoss, rolledBack } of nca.runTrainer(trainer)) {
      if (rolledBack) progress.say(`At step ${step} ${rolledBack}: the rule goes back to earlier weights.`);
      smooth = smooth === undefined ? logLoss : SMOOTH * smooth + (1 - SMOOTH) * logLoss;
      progress.update(step, `log loss ${smooth.toFixed(3)}`);
      if (performance.now() - saved < CHECKPOINT_SECONDS * 1000) continue;
      await save();
      saved = performance.now();
    }
  } catch (error) {
    await save();
    throw error;
  }
  await saveRule();
  rmSync(statePath, { force: true });
});
