// Training: rollouts from the sample pool, the loss's gradient back through time, Adam. One step at a time, so that
// whoever asks for the steps can look, draw, save or stop between them.

import { engine } from "../engine/engine.js";
import { type Cells, seedCells, type Target } from "../rule/cells.js";
import { NcaError } from "../rule/errors.js";
import { combine, Random } from "../rule/random.js";
import { cloneRule, PARAMETERS, type Parameters, type Rule } from "../rule/rule.js";
import { Adam, normalizeGradient } from "./adam.js";
import { woundAtRandom } from "./damage.js";
import { logLoss, mean, pictureLosses, pictureLossGradient } from "./loss.js";
import { completeOptions, learningRateAt, type TrainingOptions } from "./options.js";
import { SamplePool } from "./pool.js";

/** Keeps the draws of a training apart from every other use of the same rngSeed. */
const TRAINING_STREAM = 2;

/** The loss or its gradient is no longer finite. The rule has the weights with which both last were. */
export class DivergedError extends NcaError {
  override name = "DivergedError";
}

/** One training step, after its update. */
export interface TrainingStep {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** Mean squared error of the batch after its rollout. */
  readonly loss: number;
  readonly logLoss: number;
  /** The batch before its rollout and after it. */
  readonly before: Cells;
  readonly after: Cells;
  /** Of this step alone. */
  readonly seconds: number;
}

/** A training in progress: its rule, optimizer and pool. Advance it with `next`, or iterate `training`. */
export class Trainer {
  readonly options: TrainingOptions;
  readonly adam: Adam;
  readonly pool: SamplePool;
  private good: Parameters;

  /** Trains `rule` in place towards `target`. `step` is the number of steps already done. */
  constructor(
    readonly rule: Rule,
    readonly target: Target,
    options: Partial<TrainingOptions> = {},
    public step = 0,
  ) {
    this.options = completeOptions(options);
    this.adam = new Adam(rule, step);
    this.pool = new SamplePool(this.options.poolSize, target.height, target.width, rule.spec.channels);
    this.good = cloneRule(rule).parameters;
  }

  /** One training step. Throws DivergedError, with the last good weights in the rule, when the loss is not finite. */
  next(): TrainingStep {
    const start = performance.now();
    const { target } = this;
    const { rollout, steps } = this.options;
    const random = new Random(combine(combine(this.options.rngSeed, TRAINING_STREAM), this.step));
    const { indices, batch } = this.draw(random);
    const run = engine().rollout(this.rule, batch, {
      steps: random.integer(rollout[0], rollout[1] + 1),
      rngSeed: random.next(),
    });
    const loss = mean(pictureLosses(run.cells, target));
    const dParameters = run.parameterGradient(pictureLossGradient(run.cells, target));
    // cells that are not a number die, so that the loss may look finite when the gradient no longer is
    this.keepGood(normalizeGradient(dParameters) && Number.isFinite(loss));
    this.adam.update(dParameters, learningRateAt(this.options, this.step));
    if (indices.length > 0) this.pool.put(indices, run.cells);
    this.step++;
    const seconds = (performance.now() - start) / 1000;
    return { step: this.step, steps, loss, logLoss: logLoss(loss), before: batch, after: run.cells, seconds };
  }

  /** The batch that a step starts from: seeds, or samples of the pool, the worst replaced by a seed. */
  private draw(random: Random): { indices: number[]; batch: Cells } {
    const { regime, batch: count, poolSize, damaged, damage } = this.options;
    const { height, width } = this.target;
    const { channels } = this.rule.spec;
    if (regime === "growing") return { indices: [], batch: seedCells(count, height, width, channels) };
    const drawn = random.sample(count, poolSize);
    const losses = pictureLosses(this.pool.take(drawn), this.target);
    const order = drawn.map((_, i) => i).sort((a, b) => losses[b] - losses[a] || a - b);
    const indices = order.map((i) => drawn[i]);
    const batch = this.pool.take(indices);
    batch.data.set(seedCells(1, height, width, channels).data);
    for (let i = count - damaged; i < count; i++) woundAtRandom(batch, i, damage, random);
    return { indices, batch };
  }

  /** Remembers the weights when loss and gradient were finite, or goes back to the last such weights. */
  private keepGood(finite: boolean): void {
    const { parameters } = this.rule;
    const [from, to] = finite ? [parameters, this.good] : [this.good, parameters];
    for (const name of PARAMETERS) to[name].set(from[name]);
    if (finite) return;
    throw new DivergedError(
      `The loss is no longer finite at training step ${this.step + 1}; the rule has the weights of the step before. ` +
        "Train again with a lower learning rate.",
    );
  }
}
