// Carries out trainings of a plan: each until its row is there, several at once where a device can.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Engine, Json, Rule } from "../../lib/node.js";
import { VERSION } from "../../lib/version.js";
import type { Progress } from "../shared/progress.js";
import type { TrainValues } from "../shared/train-flags.js";
import { jobFor, learn, type Run, runOf } from "../train/run.js";
import type { Curve, Folder, Row } from "./folder.js";
import { withNeeded } from "./order.js";
import type { Planned } from "./plan.js";

/** The most points of a curve. */
const POINTS = 100;

export interface Work {
  readonly folder: Folder;
  readonly stop: AbortSignal;
  readonly progress: Progress;
  readonly checkpointSeconds: number;
  /** Called with the log losses as they are now, and with how many training steps were done. */
  readonly onStep: (one: Planned, step: number, logLoss: number) => void;
  /** Called when a state was saved or a row is there. */
  readonly onChange: () => Promise<void>;
}

/** The flags of a training in a folder, with the files of the rules that other trainings made. */
export function valuesIn(folder: Folder, one: Planned, checkpointSeconds: number): TrainValues {
  const made = new Map(one.after.map((other) => [`@${other.name}`, folder.rule(other)]));
  const { from, host, via } = one.values;
  const place = (rule: string | undefined) => made.get(rule ?? "") ?? rule;
  return {
    ...one.values,
    ...(from && { from: place(from) }),
    ...(host && { host: place(host) }),
    ...(via && { via: place(via) }),
    out: folder.rule(one),
    preview: folder.preview(one),
    resume: folder.isBegun(one) || undefined,
    checkpointSeconds,
  };
}

/** Trains and measures a training, or several at once. */
export async function carryOut(all: readonly Planned[], engine: Engine, work: Work): Promise<void> {
  const { folder, progress } = work;
  for (const other of withNeeded(all)) if (!all.includes(other)) await checkRule(other, folder);
  const left = all.filter((one) => !folder.isTrained(one));
  const engines = left.length > 1 ? engine.together?.(left.length) : undefined;
  const runs: Run[] = [];
  for (const [i, one] of left.entries())
    runs.push(
      await runOf(valuesIn(folder, one, work.checkpointSeconds), engines?.[i] ?? engine, {
        isGiven: one.isGiven,
        ruleAtEnd: true,
      }),
    );
  const { allOf } = await import("../../lib/train/together.js");
  const { InterruptedError } = await import("../../lib/node.js");
  const works = runs.map((run, i) => () => {
    const one = left[i];
    const { trainer } = run;
    const every = Math.max(1, Math.ceil(trainer.options.steps / POINTS));
    const curve: [number, number][] = folder.curve(one).filter(([step]) => step <= trainer.step) as never;
    const show = (logLoss: number) => {
      if (trainer.step % every === 0) {
        curve.push([trainer.step, Math.round(1000 * logLoss) / 1000]);
      }
      work.onStep(one, trainer.step, logLoss);
    };
    const onCheckpoint = async () => {
      await folder.putCurve(one, curve as Curve);
      await work.onChange();
    };
    return learn(run, { stop: work.stop, progress, show, isAlone: runs.length === 1, onCheckpoint });
  });
  const ended = allOf(works, engines !== undefined);
  const failed = await ended.then(
    () => undefined,
    (error) => error as Error,
  );
  if (failed instanceof InterruptedError) throw failed;
  for (const one of all.filter(folder.isTrained)) {
    await folder.putRow(await rowOf(one, folder, engine));
    await work.onChange();
  }
  if (failed) throw failed;
}

/** Throws FileError unless a training's rule is the one that its row tells of. */
async function checkRule(one: Planned, folder: Folder): Promise<void> {
  const nca = await import("../../lib/node.js");
  const path = folder.rule(one);
  const found = await hashIn(path);
  if (found === folder.row(one)?.rule) return;
  throw new nca.FileError(
    `${path} is not the rule that its row tells of (${found?.slice(0, 12) ?? "gone"}); remove ${one.id}.* to make it again.`,
  );
}

/** The row of a training whose rule is there. */
async function rowOf(one: Planned, folder: Folder, engine: Engine): Promise<Row> {
  const nca = await import("../../lib/node.js");
  const { job } = await jobFor(valuesIn(folder, one, 1), one.isGiven);
  const rule = await nca.load(folder.rule(one));
  const measured = (await job.task.measure(rule, { engine, ...one.measure })) as Json;
  const { id, measure } = one;
  const hash = await hashOf(rule);
  return { id, engine: engine.name, version: VERSION, rule: hash, measure, measured };
}

/** The SHA-256 of the rule in a file; undefined where there is none. */
export async function hashIn(path: string): Promise<string | undefined> {
  const nca = await import("../../lib/node.js");
  return existsSync(path) ? hashOf(await nca.load(path)) : undefined;
}

/** The SHA-256 of a rule: its specification and its weights. */
async function hashOf(rule: Rule): Promise<string> {
  const nca = await import("../../lib/node.js");
  return createHash("sha256").update(nca.encodeRule(rule)).digest("hex");
}
