// npm run train: trains a rule to grow a picture, or to infect another's pattern.

import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Stage } from "../lib/node.js";
import { repeatProblem } from "./shared/ancestry.js";
import { runCommand } from "./shared/command.js";
import { costOf, costText } from "./shared/cost.js";
import { engineOf } from "./shared/engine.js";
import { writePreview } from "./shared/preview.js";
import { Progress } from "./shared/progress.js";
import { commandOf, flagsOf, recipeOf } from "./shared/recipe.js";
import { targetFor } from "./shared/target.js";
import {
  checkTogether,
  newRule,
  optionsOf,
  strainsBefore,
  type TrainValues,
  trainFlags,
} from "./shared/train-flags.js";
import { UsageError } from "./shared/usage.js";

const SMOOTH = 0.95; // of the loss that the progress bar shows

/** Throws UsageError where a file that is there would be lost, or there is nothing to resume. */
function checkPaths({ out, resume, force, preview }: TrainValues, state: string, isStage: boolean): void {
  if (!out.endsWith(".safetensors")) throw new UsageError(`--out is "${out}"; expected a .safetensors file.`);
  if (preview !== undefined && !preview.endsWith(".gif"))
    throw new UsageError(`--preview is "${preview}"; expected a .gif file.`);
  if (resume && force) throw new UsageError("--resume goes on and --force starts anew; give one of them.");
  const [isThere, isUnfinished] = [existsSync(out), existsSync(state)];
  if (resume && !isUnfinished && isThere && !isStage) {
    throw new UsageError(
      `${out} is finished, there is nothing to resume; --from ${out} trains it further, --force trains it anew.`,
    );
  }
  if (resume || force) return;
  if (isUnfinished) {
    throw new UsageError(
      `${state} holds an unfinished training: --resume goes on with it, --force starts anew over it.`,
    );
  }
  if (isThere && !isStage) {
    throw new UsageError(
      `${out} is there already, and would be lost: give another --out, or --from ${out} to train it further, or ` +
        "--force to train anew over it.",
    );
  }
}

/** A stage that is done has replaced the rule that it would start from. */
function stageDone(out: string, state: string): UsageError {
  const advice = existsSync(state)
    ? `remove ${state}, which is left over` // it was killed after it wrote its rule and before it removed its state
    : "without --resume the stage is trained once more";
  return new UsageError(`${out} is finished, there is nothing to resume; ${advice}.`);
}

await runCommand(import.meta.url, trainFlags, async ({ values }) => {
  const statePath = `${values.out}.training`;
  // another stage of the same file: the file keeps the recipe of all stages, and stays as it is until this one is done
  const isStage = values.from !== undefined && resolve(values.from) === resolve(values.out);
  checkTogether(values);
  checkPaths(values, statePath, isStage);
  const nca = await import("../lib/node.js");
  const from = values.from ? await nca.loadCheckpoint(values.from) : undefined;
  const hosts = values.host ? await strainsBefore(values.host, values.via) : undefined;
  const rule = from?.rule ?? (hosts ? nca.cloneRule(hosts.rules[0]) : newRule(values));
  const target = await targetFor(rule, values);
  const { spread = nca.SPREAD, rngSeed } = values;
  const seeds = values.seeds?.map(([dx, dy]) => ({ dx, dy }));
  const task = hosts
    ? nca.infectionOf(hosts, target, { spread, rngSeed })
    : nca.growth(target, rule, { seeds });
  const engine = engineOf(values) ?? nca.engineFor(rule.spec);
  const options = { ...optionsOf(values), engine };
  const stages = isStage && from ? recipeOf(from.notes, values.out) : [];
  const flags = flagsOf(values, engine.name);
  const isDone = commandOf(stages.at(-1)?.flags ?? {}) === commandOf(flags);
  if (values.resume && isDone && !existsSync(statePath)) throw stageDone(values.out, statePath);
  if (values.force) rmSync(statePath, { force: true });
  if (values.force && !isStage && existsSync(values.out)) {
    const other = await repeatProblem(values.out, flags as Stage["flags"], task.description).catch(
      () => undefined,
    );
    if (other) console.error(other);
  }
  const trainer = existsSync(statePath)
    ? await nca.resumeTraining(statePath, rule, task, options).catch((error) => {
        throw isDone && error instanceof nca.OtherTrainingError ? stageDone(values.out, statePath) : error;
      })
    : new nca.Trainer(rule, task, options);
  const saveRule = async () => {
    const stage = { ...nca.stageOf(trainer), flags } as Stage;
    await nca.save(await trainer.result(), values.out, nca.notesOf([...stages, stage]));
  };
  const preview = async () => {
    if (values.preview !== undefined) await writePreview(values.preview, await trainer.result(), trainer);
  };
  const save = async () => {
    if (!isStage) await saveRule();
    await nca.saveTraining(trainer, statePath);
    await preview();
  };
  await nca.saveTraining(trainer, statePath); // finds out now whether the folder can be written
  if (values.resume && trainer.step === 0) console.error("There is nothing to resume: training starts anew.");
  const cost = await costOf(trainer);
  const left = trainer.options.steps - trainer.step;
  for (const line of cost ? costText(cost, left, values, trainer.options.batch) : []) console.error(line);
  const progress = new Progress(trainer.options.steps, trainer.step);
  let smooth: number | undefined;
  let saved = performance.now();
  try {
    for await (const { step, logLoss, rolledBack } of nca.runTrainer(trainer)) {
      if (rolledBack) progress.say(`At step ${step} ${rolledBack}: the rule goes back to earlier weights.`);
      smooth = smooth === undefined ? logLoss : SMOOTH * smooth + (1 - SMOOTH) * logLoss;
      progress.update(step, `log loss ${smooth.toFixed(3)}`);
      if (performance.now() - saved < 1000 * values.checkpointSeconds) continue;
      await save();
      saved = performance.now();
    }
  } catch (error) {
    if (trainer.step > 0) await save();
    throw error;
  }
  await saveRule();
  await preview();
  rmSync(statePath, { force: true });
});
