// npm run train: trains a rule to grow a picture, or to infect another's pattern.

import { existsSync, rmSync } from "node:fs";
import type { Checkpoint, Recipe, Rule, Stage, Task, Trainer } from "../lib/node.js";
import { repeatProblem } from "./shared/ancestry.js";
import { runCommand } from "./shared/command.js";
import { costText } from "./shared/cost.js";
import { engineOf } from "./shared/engine.js";
import { writePreview } from "./shared/preview.js";
import { Progress } from "./shared/progress.js";
import { commandOf, flagsOf, recipeOf } from "./shared/recipe.js";
import { rememberedOf } from "./shared/remembered.js";
import { targetFor } from "./shared/target.js";
import { newRule, optionsOf, strainsBefore, type TrainValues, trainFlags } from "./shared/train-flags.js";
import { checkPaths, isStageOf, stageDone, statePathOf } from "./train/paths.js";
import { checkTogether } from "./train/together.js";

const SMOOTH = 0.95; // of the loss that the progress bar shows

/** What is to be trained. */
interface Job {
  readonly rule: Rule;
  readonly task: Task;
  /** How the file's rule was made before, where this is another stage of it. */
  readonly stages: Recipe;
}

/** `from` is the rule that it starts from, where there is one. */
async function jobOf(values: TrainValues, from: Checkpoint | undefined): Promise<Job> {
  const nca = await import("../lib/node.js");
  const hosts = values.host ? await strainsBefore(values.host, values.via) : undefined;
  const rule = from?.rule ?? (hosts ? nca.cloneRule(hosts.rules[0]) : newRule(values));
  const target = await targetFor(rule, values);
  const { spread = nca.SPREAD, ages, rngSeed } = values;
  const others = await Promise.all((values.also ?? []).map((path) => nca.load(path)));
  const seeds = values.seeds?.map(([dx, dy]) => ({ dx, dy }));
  const task = hosts
    ? nca.infectionOf(hosts, target, { spread, others, ...(ages && { ages }), rngSeed })
    : nca.growth(target, rule, { seeds });
  return { rule, task, stages: isStageOf(values) && from ? recipeOf(from.notes, values.out) : [] };
}

/** The training at its beginning, or where it was interrupted. */
async function trainerOf({ rule, task, stages }: Job, values: TrainValues): Promise<Trainer> {
  const nca = await import("../lib/node.js");
  const engine = engineOf(values) ?? nca.engineFor(rule.spec);
  const options = { ...optionsOf(values), engine };
  const state = statePathOf(values.out);
  const flags = flagsOf(values, engine.name);
  const isDone = commandOf(stages.at(-1)?.flags ?? {}) === commandOf(flags);
  if (values.resume && isDone && !existsSync(state)) throw stageDone(values.out);
  if (values.force) rmSync(state, { force: true });
  if (values.force && stages.length === 0 && existsSync(values.out)) {
    const problem = repeatProblem(values.out, flags as Stage["flags"], task.description);
    const other = await problem.catch(() => undefined); // what is there may be anything
    if (other) console.error(other);
  }
  if (!existsSync(state)) return new nca.Trainer(rule, task, options);
  return nca.resumeTraining(state, rule, task, options).catch((error) => {
    throw isDone && error instanceof nca.OtherTrainingError ? stageDone(values.out) : error;
  });
}

/** What writes the files of a training. */
function filesOf(trainer: Trainer, stages: Recipe, values: TrainValues) {
  const state = statePathOf(values.out);
  const files = {
    /** The rule as it is now. */
    async rule() {
      const nca = await import("../lib/node.js");
      const stage = { ...nca.stageOf(trainer), flags: flagsOf(values, trainer.engine.name) } as Stage;
      await nca.save(await trainer.result(), values.out, nca.notesOf([...stages, stage]));
    },
    /** What it takes to resume. */
    async state() {
      const nca = await import("../lib/node.js");
      await nca.saveTraining(trainer, state);
    },
    async preview() {
      if (values.preview !== undefined) await writePreview(values.preview, await trainer.result(), trainer);
    },
    /** All of it; another stage of a rule replaces that only when it is done. */
    async checkpoint() {
      if (!isStageOf(values)) await files.rule();
      await files.state();
    },
    /** The rule alone stays. */
    async finish() {
      await files.rule();
      rmSync(state, { force: true });
      await files.preview();
    },
  };
  return files;
}

/** The flags, with the picture's size as the rule that it starts from had it, unless they say it. */
function withSize(values: TrainValues, from: Checkpoint | undefined): TrainValues {
  if (values.from === undefined || from === undefined) return values;
  const usual = rememberedOf(from, values.from);
  const size = isGiven("size") ? values.size : usual.size;
  const padding = isGiven("padding") ? values.padding : usual.padding;
  return { ...values, size, padding };
}

const isGiven = (name: "size" | "padding") => trainFlags.getOptionValueSource(name) !== "default";

/** Stops a training that the system asks to end: a closed terminal, a job's time limit. */
function stopping(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

await runCommand(import.meta.url, trainFlags, async ({ values: given }) => {
  checkTogether(given);
  checkPaths(given);
  const nca = await import("../lib/node.js");
  const from = given.from === undefined ? undefined : await nca.loadCheckpoint(given.from);
  const values = withSize(given, from);
  const job = await jobOf(values, from);
  const trainer = await trainerOf(job, values);
  const files = filesOf(trainer, job.stages, values);
  await files.preview(); // these find out now whether files can be written
  await files.state();
  if (values.resume && trainer.step === 0) console.error("There is nothing to resume: training starts anew.");
  if (values.size !== given.size || values.padding !== given.padding)
    console.error(`As ${values.from} was trained: --size ${values.size} --padding ${values.padding}.`);
  const { steps, batch } = trainer.options;
  const cost = await nca.stepCost(trainer);
  for (const line of cost ? costText(cost, steps - trainer.step, values, batch) : []) console.error(line);
  const progress = new Progress(steps, trainer.step);
  let smooth: number | undefined;
  let saved = performance.now();
  try {
    for await (const { step, logLoss, rolledBack } of nca.runTrainer(trainer, stopping())) {
      if (rolledBack) progress.say(`At step ${step} ${rolledBack}: the rule goes back to earlier weights.`);
      smooth = smooth === undefined ? logLoss : SMOOTH * smooth + (1 - SMOOTH) * logLoss;
      progress.update(step, `log loss ${smooth.toFixed(3)}`);
      if (performance.now() - saved < 1000 * values.checkpointSeconds) continue;
      await files.checkpoint();
      await files.preview().catch(({ message }) => progress.say(message)); // no reason to stop
      saved = performance.now();
    }
  } catch (error) {
    if (error instanceof nca.InterruptedError) progress.say("The same command with --resume goes on.");
    if (trainer.step > 0) {
      await files.checkpoint();
      await files.preview().catch(() => {}); // what stopped the training is what is told
    }
    throw error;
  }
  await files.finish();
  progress.say(`Wrote ${values.out}.`);
});
