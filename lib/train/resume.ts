// A training's whole state in one file: weights, optimizer, pool and step. All randomness comes from the rngSeed and
// the step's number, so a training that goes on from here ends in the same bits as one that never stopped.

import type { Target } from "../cells/cells.js";
import { FileError } from "../cells/errors.js";
import { readFileChecked, writeFileAtomic } from "../io/atomic.js";
import { tensorOf } from "../io/checkpoint.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type WritableTensor,
} from "../io/safetensors/safetensors.js";
import { cloneRule, PARAMETERS, type Parameters, type Rule, shapesOf } from "../rule/rule.js";
import { Trainer, type TrainerOptions } from "./trainer.js";

/** The state is sound, and of another training than the one that is asked for. */
export class OtherTrainingError extends FileError {
  override name = "OtherTrainingError";
}

const FORMAT = "nca-training-3";
/** The largest state that is written, and read: 2 GiB, a pool of 1024 samples of 175 x 175 cells if none is empty. */
const MAX_BYTES = 2 ** 31 - 1;

/** What must be the same for a training to go on: everything but where it ends, the rule it started from included. */
function recipeOf({ rule, startFingerprint: start, options, task }: Trainer): string {
  const { steps: _steps, ...recipe } = options;
  return JSON.stringify({ task: task.description, rule: rule.spec, start, ...recipe });
}

/** Everything that has the shape of the rule's parameters, by the prefix of its name in the file. */
function parametersOf({ rule, average, adam, safeguard }: Trainer): Record<string, Parameters> {
  return {
    "": rule.parameters,
    ...(average !== rule.parameters && { "average.": average }),
    "adam.mean.": adam.mean,
    "adam.square.": adam.square,
    "good.": safeguard.weights,
    "good.adam.mean.": safeguard.mean,
    "good.adam.square.": safeguard.square,
  };
}

/** Writes the training's state. Throws FileError when it cannot; an older file then stays as it was. */
export async function saveTraining(trainer: Trainer, path: string): Promise<void> {
  const { rule, adam, safeguard, pool, target } = trainer;
  const shapes = shapesOf(rule.spec);
  const tensors: Record<string, WritableTensor> = {};
  for (const [prefix, parameters] of Object.entries(parametersOf(trainer))) {
    for (const name of PARAMETERS) tensors[prefix + name] = { shape: shapes[name], data: parameters[name] };
  }
  for (const [name, data] of Object.entries(pool.save()))
    tensors[`pool.${name}`] = { shape: [data.length], data };
  tensors.target = { shape: [target.data.length], data: target.data };
  const { trend, best, rollbacks } = safeguard;
  const metadata = {
    format: FORMAT,
    step: `${trainer.step}`,
    updates: `${adam.updates}`,
    goodUpdates: `${safeguard.updates}`,
    trend: `${trend}`,
    best: `${best}`,
    rollbacks: `${rollbacks}`,
    recipe: recipeOf(trainer),
  };
  const bytes = encodeSafetensors(tensors, metadata);
  if (bytes.length > MAX_BYTES) {
    const advice = "expected at most 2 GiB: use a smaller pool";
    throw new FileError(`The training's state is ${bytes.length} bytes for ${path}; ${advice}.`);
  }
  await writeFileAtomic(path, bytes);
}

function unsigned(file: Safetensors, name: string, where: string): Uint32Array {
  const data = file.tensors[name]?.data;
  if (!(data instanceof Uint32Array)) throw new FileError(`${where} has no ${name} of 32-bit integers.`);
  return data;
}

function countIn({ metadata }: Safetensors, name: string, where: string): number {
  const count = Number(metadata[name] || "none");
  if (Number.isInteger(count) && count >= 0) return count;
  throw new FileError(`${where} has "${metadata[name]}" for ${name}; expected a whole number.`);
}

/**
 * A trainer that goes on where the file left off, with a rule of its own; `rule` is the one that the training started
 * from. Throws FileError when the file is broken, or of a training with another rule, target or recipe.
 */
export async function resumeTraining(
  path: string,
  rule: Rule,
  target: Target,
  options: TrainerOptions,
): Promise<Trainer> {
  const file = decodeSafetensors(await readFileChecked(path, MAX_BYTES), path);
  const step = Number(file.metadata.step);
  if (file.metadata.format !== FORMAT || !Number.isInteger(step) || step < 0) {
    throw new FileError(
      `${path} is not the state of a training; expected a file that \`npm run train\` left.`,
    );
  }
  const trainer = new Trainer(cloneRule(rule), target, options, step);
  if (step > trainer.options.steps) {
    throw new FileError(
      `${path} has done ${step} training steps, asked for are ${trainer.options.steps}; ask for at least as many.`,
    );
  }
  const recipe = recipeOf(trainer);
  const saved = tensorOf(file, "target", [target.data.length], path);
  if (file.metadata.recipe !== recipe || saved.some((value, i) => value !== target.data[i])) {
    throw new OtherTrainingError(
      `${path} is of another training: ${file.metadata.recipe}, now asked for: ${recipe}` +
        `${file.metadata.recipe === recipe ? " with another target" : ""}. Give the same options, or start anew.`,
    );
  }
  const counts = unsigned(file, "pool.counts", path);
  const cells = unsigned(file, "pool.cells", path);
  const values = tensorOf(file, "pool.values", [cells.length * rule.spec.channels], path);
  trainer.pool.restore({ counts, cells, values, strains: unsigned(file, "pool.strains", path) });
  const shapes = shapesOf(rule.spec);
  for (const [prefix, parameters] of Object.entries(parametersOf(trainer))) {
    for (const name of PARAMETERS) parameters[name].set(tensorOf(file, prefix + name, shapes[name], path));
  }
  trainer.adam.updates = countIn(file, "updates", path);
  trainer.safeguard.updates = countIn(file, "goodUpdates", path);
  trainer.safeguard.rollbacks = countIn(file, "rollbacks", path);
  for (const name of ["trend", "best"] as const) trainer.safeguard[name] = Number(file.metadata[name]);
  return trainer;
}
