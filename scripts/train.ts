// npm run train: trains a rule to grow a picture, or to infect another's pattern.

import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import * as nca from "../lib/index.js";
import { positiveNumber, runCommand, UsageError, wholeNumber } from "./shared/command.js";
import { Progress } from "./shared/progress.js";
import {
  checkTogether,
  commandOf,
  newRule,
  optionsOf,
  STAGE,
  stagesOf,
  strainsBefore,
  type TrainValues,
  trainFlags,
} from "./shared/recipe.js";
import { targetFor } from "./shared/target.js";

const SMOOTH = 0.95; // of the loss that the progress bar shows

function checkPaths({ out, resume }: TrainValues, state: string, isStage: boolean): void {
  if (!out.endsWith(".safetensors")) throw new UsageError(`--out is "${out}"; expected a .safetensors file.`);
  if (!resume && existsSync(state)) {
    throw new UsageError(
      `${state} holds an unfinished training: add --resume to go on with it, or remove it.`,
    );
  }
  if (resume && !existsSync(state) && existsSync(out) && !isStage) {
    throw new UsageError(
      `${out} is finished, there is nothing to resume; without --resume it is trained anew.`,
    );
  }
}

/** A stage that is done has become the rule that it would start from. */
function stageDone(out: string, state: string): UsageError {
  const advice = existsSync(state)
    ? `remove ${state}, which is left over` // it was killed after it wrote its rule and before it removed its state
    : "without --resume the stage is trained once more";
  return new UsageError(`${out} is finished, there is nothing to resume; ${advice}.`);
}

/** To infect, where there is a host, else to grow. */
function taskOf(values: TrainValues, hosts: nca.Strains | undefined, target: nca.Target, rule: nca.Rule): nca.Task {
  if (!hosts) return nca.growth(target, rule);
  const spread = values.spread ? positiveNumber("spread", values.spread) : nca.SPREAD;
  return nca.infectionOf(hosts, target, { spread, rngSeed: wholeNumber("rng-seed", values["rng-seed"]) });
}

await runCommand("train", trainFlags, async (values) => {
  const statePath = `${values.out}.training`;
  // another stage of the same file: it keeps the commands of all stages, and stays as it is until this one is done
  const isStage = values.from !== "" && resolve(values.from) === resolve(values.out);
  const checkpointMs = 1000 * wholeNumber("checkpoint-seconds", values["checkpoint-seconds"]);
  checkTogether(values);
  checkPaths(values, statePath, isStage);
  const from = values.from ? await nca.loadCheckpoint(values.from) : undefined;
  const hosts = values.host ? await strainsBefore(values.host, values.via) : undefined;
  const rule = from?.rule ?? (hosts ? nca.cloneRule(hosts.rules[0]) : newRule(values));
  const target = await targetFor(rule, values);
  const options = optionsOf(values);
  const task = taskOf(values, hosts, target, rule);
  const stages = (isStage && from && stagesOf(from.notes.command)) || [];
  const isDone = stages.at(-1) === commandOf(values);
  if (values.resume && isDone && !existsSync(statePath)) throw stageDone(values.out, statePath);
  const trainer = existsSync(statePath)
    ? await nca.resumeTraining(statePath, rule, task, options).catch((error) => {
        throw isDone && error instanceof nca.OtherTrainingError ? stageDone(values.out, statePath) : error;
      })
    : new nca.Trainer(rule, task, options);
  const command = [...stages, commandOf(values)].join(STAGE);
  const saveRule = async () =>
    nca.save(await trainer.result(), values.out, { command, trainingStep: `${trainer.step}` });
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
      if (performance.now() - saved < checkpointMs) continue;
      await save();
      saved = performance.now();
    }
  } catch (error) {
    if (trainer.step > 0) await save();
    throw error;
  }
  await saveRule();
  rmSync(statePath, { force: true });
});
