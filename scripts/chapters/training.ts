// What the chapters' commands share: a training of a task of their own, with checkpoints.

import { existsSync, rmSync } from "node:fs";
import type { Rule, Task, TrainerOptions } from "../../lib/node.js";
import { engineOf } from "../shared/engine.js";
import { Progress } from "../shared/progress.js";
import { UsageError } from "../shared/usage.js";
import { checkPaths, statePathOf } from "../train/paths.js";
import { learn, stopping, type TrainingFiles, tellResumed } from "../train/run.js";

/** What a command line says about a training and its files. */
export interface ChapterValues {
  readonly out?: string | undefined;
  readonly model?: string | undefined;
  readonly resume?: true | undefined;
  readonly force?: true | undefined;
  readonly json?: true | undefined;
  readonly engine?: string | undefined;
}

/** Seconds from one checkpoint to the next. */
const STATE_SECONDS = 60;

/** Throws UsageError unless the flags ask for one of both, a training or a measurement, and nothing is lost. */
export function checkChapter(values: ChapterValues): void {
  const { out, model, resume, force, json } = values;
  if ((out === undefined) === (model === undefined))
    throw new UsageError("Give --out to train, or --model to measure.");
  if (model === undefined && json)
    throw new UsageError("--json goes with --model: a training has no result to print.");
  if (model !== undefined && (resume || force))
    throw new UsageError("--resume and --force go with --out: --model is measured.");
  if (out === undefined) return;
  checkPaths({ out, resume, force, preview: undefined, from: undefined }, false);
  if (resume && !existsSync(statePathOf(out)))
    throw new UsageError(`There is no ${statePathOf(out)} to resume; leave --resume out to start.`);
}

/** A training: what starts, what it learns, how, and what becomes of the rule before it is saved. */
export interface ChapterTraining {
  readonly start: Rule;
  readonly task: Task;
  readonly options: TrainerOptions & { readonly steps: number };
  readonly finish?: (rule: Rule) => Rule;
}

/** Trains with checkpoints until the rule is written. */
export async function trainChapter(
  { out, resume, engine }: ChapterValues & { readonly out: string },
  { start, task, options, finish = (rule) => rule }: ChapterTraining,
): Promise<void> {
  const nca = await import("../../lib/node.js");
  const state = statePathOf(out);
  const all = { ...options, engine: engineOf({ engine }) };
  const trainer = resume
    ? await nca.resumeTraining(state, start, task, all)
    : new nca.Trainer(start, task, all);
  if (resume) tellResumed(out, trainer);
  const files: TrainingFiles = {
    checkpoint: () => nca.saveTraining(trainer, state),
    finish: async () => {
      await nca.save(finish(await trainer.result()), out, nca.notesOf([nca.stageOf(trainer)]));
      rmSync(state, { force: true });
    },
  };
  await files.checkpoint(); // finds out now whether files can be written
  const progress = new Progress(options.steps, trainer.step);
  const show = (logLoss: number) => progress.update(trainer.step, `log loss ${logLoss.toFixed(3)}`);
  const values = { out, checkpointSeconds: STATE_SECONDS };
  try {
    await learn({ values, trainer, files }, { stop: stopping(), progress, show, isAlone: true });
  } catch (error) {
    if (error instanceof nca.InterruptedError) progress.say("The same command with --resume goes on.");
    throw error;
  }
}
