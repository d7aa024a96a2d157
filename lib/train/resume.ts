// A training's whole state in one file: weights, optimizer, pool and step. All randomness comes from the rngSeed and
// the step's number, so a training that goes on from here ends in the same bits as one that never stopped.

import { readFileChecked, writeFileAtomic } from "../io/atomic.js";
import { tensorOf } from "../io/checkpoint.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type WritableTensor,
} from "../io/safetensors.js";
import type { Target } from "../rule/cells.js";
import { FileError } from "../rule/errors.js";
import { PARAMETERS, type Parameters, type Rule, shapesOf } from "../rule/rule.js";
import { completeOptions, type TrainingOptions } from "./options.js";
import { Trainer } from "./trainer.js";

const FORMAT = "nca-training-1";
/** The largest state that is read: a full pool of 1024 samples at 128 x 128. */
const MAX_BYTES = 2 ** 31 - 1;

/** What must be the same for a training to go on: everything but where it ends. */
function recipeOf(rule: Pick<Rule, "spec">, options: TrainingOptions): string {
  const { steps: _steps, ...recipe } = options;
  return JSON.stringify({ rule: rule.spec, ...recipe });
}

/** Writes the training's state; a failure leaves an older file as it was. */
export async function saveTraining(trainer: Trainer, path: string): Promise<void> {
  const { rule, adam, pool, options, target } = trainer;
  const shapes = shapesOf(rule.spec);
  const tensors: Record<string, WritableTensor> = {};
  for (const name of PARAMETERS) {
    tensors[name] = { shape: shapes[name], data: rule.parameters[name] };
    tensors[`adam.mean.${name}`] = { shape: shapes[name], data: adam.mean[name] };
    tensors[`adam.square.${name}`] = { shape: shapes[name], data: adam.square[name] };
  }
  for (const [name, data] of Object.entries(pool.save()))
    tensors[`pool.${name}`] = { shape: [data.length], data };
  tensors.target = { shape: [target.data.length], data: target.data };
  const metadata = { format: FORMAT, step: `${trainer.step}`, recipe: recipeOf(rule, options) };
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}

function unsigned(file: Safetensors, name: string, where: string): Uint32Array {
  const data = file.tensors[name]?.data;
  if (!(data instanceof Uint32Array)) throw new FileError(`${where} has no ${name} of 32-bit integers.`);
  return data;
}

/**
 * A trainer that goes on where the file left off, with a rule of its own. Throws FileError when the file is broken, or of a training with
 * another rule, target or recipe.
 */
export async function resumeTraining(
  path: string,
  rule: Pick<Rule, "spec">,
  target: Target,
  options: Partial<TrainingOptions>,
): Promise<Trainer> {
  const file = decodeSafetensors(await readFileChecked(path, MAX_BYTES), path);
  const step = Number(file.metadata.step);
  if (file.metadata.format !== FORMAT || !Number.isInteger(step) || step < 0) {
    throw new FileError(
      `${path} is not the state of a training; expected a file that \`npm run train\` left.`,
    );
  }
  const recipe = recipeOf(rule, completeOptions(options));
  const saved = tensorOf(file, "target", [target.data.length], path);
  if (file.metadata.recipe !== recipe || saved.some((value, i) => value !== target.data[i])) {
    throw new FileError(
      `${path} is of another training: ${file.metadata.recipe}, now asked for: ${recipe}` +
        `${file.metadata.recipe === recipe ? " with another target" : ""}. Give the same options, or start anew.`,
    );
  }
  const shapes = shapesOf(rule.spec);
  const parametersOf = (prefix: string) =>
    Object.fromEntries(
      PARAMETERS.map((name) => [name, tensorOf(file, prefix + name, shapes[name], path)]),
    ) as Parameters;
  const [weights, mean, square] = ["", "adam.mean.", "adam.square."].map(parametersOf);
  const counts = unsigned(file, "pool.counts", path);
  const cells = unsigned(file, "pool.cells", path);
  const values = tensorOf(file, "pool.values", [cells.length * rule.spec.channels], path);
  const trainer = new Trainer({ spec: rule.spec, parameters: weights }, target, options, step);
  trainer.pool.restore({ counts, cells, values });
  for (const name of PARAMETERS) {
    trainer.adam.mean[name].set(mean[name]);
    trainer.adam.square[name].set(square[name]);
  }
  return trainer;
}
