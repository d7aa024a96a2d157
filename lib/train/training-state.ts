// The whole state of a training run as the bytes of a file: weights, optimizer, pool and step. All randomness comes from the
// rngSeed and the step's number, so a run that goes on from here ends in the same bits as one that never stopped.

import { FileError } from "../cells/errors.js";
import { toJson } from "../cells/json.js";
import { type LearnerState, prefixesOf } from "../engine/learner.js";
import { tensorOf } from "../io/checkpoint.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type WritableTensor,
} from "../io/safetensors/safetensors.js";
import { cloneRule, PARAMETERS, type Parameters, type Rule, shapesOf } from "../rule/rule.js";
import { specEntries } from "../rule/spec.js";
import type { Task } from "./task.js";
import { Trainer, type TrainerOptions } from "./trainer.js";

/** The state is sound, but of another training run than the one that was asked for. */
export class OtherTrainingError extends FileError {
  override name = "OtherTrainingError";
}

const FORMAT = "nca-training-4";
/** The largest state that is written or read: 2 GiB, a pool of 1024 samples of 175 x 175 cells if none is empty. */
export const MAX_BYTES = 2 ** 31 - 1;

/**
 * What must be the same for a training run to go on: everything but where it ends. That includes the rule that it
 * started from, and the engine: states have the same bits on every CPU engine, gradients do not. What a graphics card began
 * may go on elsewhere, as its bits are its own: it may be lost.
 */
function identityOf(
  { rule, startFingerprint: start, options, task, engines: own }: Trainer,
  engines: readonly string[] = own,
): string {
  const { steps: _steps, ...recipe } = options;
  const spec = Object.fromEntries(specEntries(rule.spec));
  return toJson({ task: task.description, rule: spec, start, engine: engines.join("+"), ...recipe });
}

/** The engines that a saved training names, if one named `next` may go on with it. */
function enginesBefore(identity: string | undefined, next: string): readonly string[] | undefined {
  const [, names] = /"engine":"([^"]*)"/.exec(identity ?? "") ?? [];
  const engines = names?.split("+");
  return engines && ["webgpu", next].includes(engines.at(-1)!) ? engines : undefined;
}

/** What there is to say where two trainings differ in their target's numbers alone. */
function otherNumbers(saved: string | undefined, asked: string, path: string): string | undefined {
  const [then, now] = [saved, asked].map((text) => /"fingerprint":"([0-9a-f]{8})"/.exec(text ?? "")?.[1]);
  if (!saved || !then || !now || saved.replace(then, now) !== asked) return undefined;
  return `${path} is a training on another target: its numbers were ${then} and are ${now} now. ${OTHER_NUMBERS} Or start anew.`;
}

/** Why a picture may have other numbers than before, and what to do. */
export const OTHER_NUMBERS =
  "The picture was changed, or it is no PNG and another version of the decoder reads it: " +
  "take the picture as it was, saved as PNG where it must be the same everywhere.";

/** In what two trainings differ, in words. */
function differencesOf(saved: string | undefined, asked: string): string {
  try {
    return differences(JSON.parse(saved ?? "null"), JSON.parse(asked)).join("; ");
  } catch {
    return "it does not say which";
  }
}

function differences(then: unknown, now: unknown, name = ""): string[] {
  if (JSON.stringify(then) === JSON.stringify(now)) return [];
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(then) || !isObject(now)) return [`${name} was ${textOf(then)} and is ${textOf(now)} now`];
  const [one, other] = [then, now] as Record<string, unknown>[];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.flatMap((key) => differences(one[key], other[key], name ? `${name}.${key}` : key));
}

const textOf = (value: unknown) => (value === undefined ? "not there" : JSON.stringify(value));

/** The training's state as the bytes of a file. Throws FileError where they would be more than 2 GiB. */
export async function encodeTraining(trainer: Trainer): Promise<Uint8Array> {
  await trainer.fillPool();
  const { tensors: learned, updates, goodUpdates, pool } = await trainer.learner.save();
  const shapes = shapesOf(trainer.rule.spec);
  const tensors: Record<string, WritableTensor> = {};
  for (const [prefix, parameters] of Object.entries(learned)) {
    for (const name of PARAMETERS) tensors[prefix + name] = { shape: shapes[name], data: parameters[name] };
  }
  for (const [name, data] of Object.entries(pool)) tensors[`pool.${name}`] = { shape: [data.length], data };
  const { trend, best, rollbacks } = trainer.safeguard;
  const metadata = {
    format: FORMAT,
    step: `${trainer.step}`,
    updates: `${updates}`,
    goodUpdates: `${goodUpdates}`,
    trend: `${trend}`,
    best: `${best}`,
    rollbacks: `${rollbacks}`,
    training: identityOf(trainer),
  };
  const bytes = encodeSafetensors(tensors, metadata);
  if (bytes.length > MAX_BYTES) {
    const advice = "expected at most 2 GiB: use a smaller pool";
    throw new FileError(`The training's state is ${bytes.length} bytes; ${advice}.`);
  }
  return bytes;
}

/** A list of numbers in the file, of the kind that is expected. */
function listIn<T extends Float32Array | Uint32Array>(
  file: Safetensors,
  name: string,
  kind: { new (length: number): T; readonly name: string },
  where: string,
): T {
  const data = file.tensors[name]?.data;
  if (data instanceof kind) return data;
  throw new FileError(`${where} has no ${name}; expected a ${kind.name}.`);
}

function countIn({ metadata }: Safetensors, name: string, where: string): number {
  const count = Number(metadata[name] || "none");
  if (Number.isInteger(count) && count >= 0) return count;
  throw new FileError(`${where} has "${metadata[name]}" for ${name}; expected a whole number.`);
}

/** The learner's state in the file; `prefixes` are the beginnings of its tensors' names. */
function learnerStateIn(
  file: Safetensors,
  prefixes: readonly string[],
  rule: Rule,
  where: string,
): LearnerState {
  const shapes = shapesOf(rule.spec);
  const tensors = prefixes.map((prefix) => {
    const read = PARAMETERS.map((name) => [name, tensorOf(file, prefix + name, shapes[name], where)]);
    return [prefix, Object.fromEntries(read) as Parameters];
  });
  return {
    tensors: Object.fromEntries(tensors),
    updates: countIn(file, "updates", where),
    goodUpdates: countIn(file, "goodUpdates", where),
    pool: {
      counts: listIn(file, "pool.counts", Uint32Array, where),
      cells: listIn(file, "pool.cells", Uint32Array, where),
      values: listIn(file, "pool.values", Float32Array, where),
      strains: listIn(file, "pool.strains", Uint32Array, where),
      contexts: listIn(file, "pool.contexts", Float32Array, where),
    },
  };
}

/**
 * A trainer that goes on where the state left off, with its own copy of the rule; `rule` is the one that training
 * started from. Throws FileError when the bytes are broken, or of a training run with another rule, task or recipe.
 */
export async function decodeTraining(
  bytes: Uint8Array,
  rule: Rule,
  task: Task,
  options: TrainerOptions,
  where = "The state",
): Promise<Trainer> {
  const file = decodeSafetensors(bytes, where);
  const { format } = file.metadata;
  const step = Number(file.metadata.step);
  if (format !== FORMAT || !Number.isInteger(step) || step < 0) {
    throw new FileError(
      format?.startsWith("nca-training-")
        ? `${where} is a training's state of another version, ${format}; this one goes on with ${FORMAT}: start anew.`
        : `${where} is not the state of a training; expected a file that \`npm run train\` left.`,
    );
  }
  const trainer = new Trainer(cloneRule(rule), task, options, step);
  if (step > trainer.options.steps) {
    throw new FileError(
      `${where} has done ${step} training steps, but ${trainer.options.steps} are asked for; ask for at least as many.`,
    );
  }
  const { name } = trainer.engine;
  const before = enginesBefore(file.metadata.training, name);
  if (before) trainer.engines = before.at(-1) === name ? before : [...before, name];
  const identity = identityOf(trainer, before);
  if (file.metadata.training !== identity) {
    throw new OtherTrainingError(
      otherNumbers(file.metadata.training, identity, where) ??
        `${where} is of another training: ${differencesOf(file.metadata.training, identity)}. ` +
          "Give the same options, or start anew.",
    );
  }
  await trainer.fillPool();
  await trainer.learner.restore(learnerStateIn(file, prefixesOf(trainer.options.average), rule, where));
  trainer.safeguard.rollbacks = countIn(file, "rollbacks", where);
  for (const name of ["trend", "best"] as const) trainer.safeguard[name] = Number(file.metadata[name]);
  return trainer;
}
