// One training of the command line: what the flags ask for, its files, and its steps up to the finished rule.

import { existsSync, rmSync } from "node:fs";
import type { Checkpoint, Engine, Recipe, Rule, Stage, Task, Trainer } from "../../lib/node.js";
import { repeatProblem } from "../shared/ancestry.js";
import { costText } from "../shared/cost.js";
import { writePreview } from "../shared/preview.js";
import type { Progress } from "../shared/progress.js";
import { commandOf, flagsOf, recipeOf } from "../shared/recipe.js";
import { rememberedOf } from "../shared/remembered.js";
import { targetFor } from "../shared/target.js";
import { newRule, optionsOf, strainsBefore, type TrainValues, trainFlags } from "../shared/train-flags.js";
import { isStageOf, stageDone, statePathOf } from "./paths.js";

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
  const nca = await import("../../lib/node.js");
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
async function trainerOf({ rule, task, stages }: Job, values: TrainValues, engine: Engine): Promise<Trainer> {
  const nca = await import("../../lib/node.js");
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

/** What writes a training's files. */
export interface TrainingFiles {
  /** Writes all that resuming needs. */
  checkpoint(): Promise<void>;
  /** Writes what shows the growth so far. */
  preview?(): Promise<void>;
  /** Writes the finished rule, and removes the training's state. */
  finish(): Promise<void>;
}

/** The files of a training; an unfinished rule is written as well, unless others would take it for finished. */
function filesOf(
  trainer: Trainer,
  stages: Recipe,
  values: TrainValues,
  ruleAtEnd: boolean,
): Required<TrainingFiles> & { state(): Promise<void> } {
  const state = statePathOf(values.out);
  const files = {
    /** The rule as it is now. */
    async rule() {
      const nca = await import("../../lib/node.js");
      const stage = { ...nca.stageOf(trainer), flags: flagsOf(values, trainer.engines[0]) } as Stage;
      await nca.save(await trainer.result(), values.out, nca.notesOf([...stages, stage]));
    },
    /** What it takes to resume. */
    async state() {
      const nca = await import("../../lib/node.js");
      await nca.saveTraining(trainer, state);
    },
    async preview() {
      if (values.preview !== undefined) await writePreview(values.preview, await trainer.result(), trainer);
    },
    /** Another stage of a rule replaces that only when it is done. */
    async checkpoint() {
      if (!ruleAtEnd && !isStageOf(values)) await files.rule();
      await files.state();
    },
    async finish() {
      await files.rule();
      rmSync(state, { force: true });
      await files.preview();
    },
  };
  return files;
}

/** Whether a size was asked for, rather than being the usual one. */
type IsGiven = (name: "size" | "padding") => boolean;

/** What the command line says, which was read last. */
const onCommandLine: IsGiven = (name) => trainFlags.getOptionValueSource(name) !== "default";

/** The flags, with the picture's size as the rule that it starts from had it, unless they say it. */
function withSize(values: TrainValues, from: Checkpoint | undefined, isGiven: IsGiven): TrainValues {
  if (values.from === undefined || from === undefined) return values;
  const usual = rememberedOf(from, values.from);
  const size = isGiven("size") ? values.size : usual.size;
  const padding = isGiven("padding") ? values.padding : usual.padding;
  return { ...values, size, padding };
}

/** What is to be trained, and the flags with all that they leave open. */
export async function jobFor(given: TrainValues, isGiven: IsGiven = onCommandLine) {
  const nca = await import("../../lib/node.js");
  const from = given.from === undefined ? undefined : await nca.loadCheckpoint(given.from);
  const values = withSize(given, from, isGiven);
  return { values, job: await jobOf(values, from) };
}

/** Stops a training that the system asks to end: a closed terminal, a job's time limit. */
export function stopping(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** A training that is ready to go on, and what writes its files. */
export interface Learning {
  readonly values: Pick<TrainValues, "out" | "checkpointSeconds">;
  readonly trainer: Trainer;
  readonly files: TrainingFiles;
}

/** A training that the flags of npm run train ask for. */
export interface Run extends Learning {
  readonly values: TrainValues;
}

/** Says where a training goes on, and by which engine, on standard error. */
export function tellResumed(out: string, { step, engines, engine }: Trainer): void {
  console.error(step > 0 ? `${out} goes on at step ${step}.` : `${out} had not begun: it starts now.`);
  const [began] = engines;
  if (began !== engine.name)
    console.error(
      `${began} began this training; ${engine.name} goes on, with other bits (--engine ${began} keeps them).`,
    );
}

/** What the flags ask for. With `ruleAtEnd` the rule's file is that of the finished rule alone. */
export async function runOf(
  given: TrainValues,
  engine: Engine,
  { isGiven, ruleAtEnd = false }: { readonly isGiven?: IsGiven; readonly ruleAtEnd?: boolean } = {},
): Promise<Run> {
  const { values, job } = await jobFor(given, isGiven);
  const trainer = await trainerOf(job, values, engine);
  const files = filesOf(trainer, job.stages, values, ruleAtEnd);
  await files.preview(); // these find out now whether files can be written
  await files.state();
  if (values.resume) tellResumed(values.out, trainer);
  if (values.size !== given.size || values.padding !== given.padding)
    console.error(`As ${values.from} was trained: --size ${values.size} --padding ${values.padding}.`);
  return { values, trainer, files };
}

/** What a training will cost, on standard error. */
export async function tellCost({ trainer, values }: Run): Promise<void> {
  const nca = await import("../../lib/node.js");
  const { steps, batch } = trainer.options;
  const cost = await nca.stepCost(trainer);
  for (const line of cost ? costText(cost, steps - trainer.step, values, batch) : []) console.error(line);
}

/** What a training shows, beside how many others, and what stops it. */
export interface Showing {
  readonly stop: AbortSignal;
  readonly progress: Progress;
  readonly show: (logLoss: number) => void;
  readonly isAlone: boolean;
  /** Called when the state was saved. */
  readonly onCheckpoint?: () => Promise<void>;
}

/** Trains a rule to the end, with checkpoints on the way. `show` gets every step's log loss, smoothed. */
export async function learn(
  { trainer, values, files }: Learning,
  { stop, progress, show, isAlone, onCheckpoint }: Showing,
) {
  const nca = await import("../../lib/node.js");
  let smooth: number | undefined;
  let saved = performance.now();
  try {
    for await (const { step, logLoss, rolledBack } of nca.runTrainer(trainer, stop)) {
      if (rolledBack)
        progress.say(`At step ${step} ${rolledBack}: ${values.out} goes back to earlier weights.`);
      smooth = smooth === undefined ? logLoss : SMOOTH * smooth + (1 - SMOOTH) * logLoss;
      show(smooth);
      if (performance.now() - saved < 1000 * values.checkpointSeconds) continue;
      await files.checkpoint();
      await files.preview?.().catch(({ message }) => progress.say(message)); // no reason to stop
      await onCheckpoint?.();
      saved = performance.now();
    }
  } catch (error) {
    const isInterrupt = error instanceof nca.InterruptedError;
    if (!isInterrupt && !isAlone) progress.say(`${values.out}: ${(error as Error).message}`);
    if (trainer.step > 0) {
      await files.checkpoint().catch((problem: Error) => {
        // a graphics card that is lost has taken its state along
        const isCard = problem instanceof nca.EngineError && trainer.engine.name === "webgpu";
        const advice =
          "the state written last stays there, and can be gone on from, on the processor by the engine wasm";
        progress.say(`${statePathOf(values.out)}: ${isCard ? advice : problem.message}`);
      });
      await files.preview?.().catch(() => {}); // what stopped the training is what is told
    }
    throw error;
  } finally {
    await trainer.learner.close?.().catch(() => {}); // others no longer wait for it
  }
  await files.finish();
  await onCheckpoint?.();
  progress.say(`Wrote ${values.out}.`);
}
