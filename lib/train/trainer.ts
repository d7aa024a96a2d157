// Training: rollouts from the sample pool, the loss's gradient back through time, Adam. One step at a time, so that
// whoever asks for the steps can look, draw, save or stop between them.

import { type Cells, placeSample, stackCells, type Target, withStrains } from "../cells/cells.js";
import { NcaError } from "../cells/errors.js";
import { combine, Random } from "../cells/random.js";
import { checkRules, strainsOf } from "../engine/wasm/job.js";
import { engine } from "../engine/wasm/wasm.js";
import {
  checkFinite,
  cloneRule,
  copyParameters,
  fingerprint,
  PARAMETERS,
  type Parameters,
  type Rule,
} from "../rule/rule.js";
import { Adam, normalizeGradient } from "./adam.js";
import { woundAtRandom } from "./damage.js";
import { checkTarget, logLoss, mean, pictureLosses, pictureLossGradient } from "./loss.js";
import { completeOptions, learningRateAt, type TrainingOptions } from "./options.js";
import { SamplePool } from "./pool.js";
import { MAX_ROLLBACKS, Safeguard } from "./safeguard.js";
import { growth, type Task } from "./task.js";

/** Keeps the draws of a training apart from every other use of the same rngSeed. */
const TRAINING_STREAM = 2;
const POOL_STREAM = 3;

/** The training broke too often. The rule has the last weights that were good. */
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
  /** Why the rule was taken back to earlier weights in this step, when it was. */
  readonly rolledBack?: string;
}

export interface TrainerOptions extends Partial<TrainingOptions> {
  /** What the rule learns to do; to grow the target from the seed if not given. */
  readonly task?: Task;
}

/** A training in progress: its rule, optimizer and pool. Advance it with `next`, or iterate `training`. */
export class Trainer {
  readonly options: TrainingOptions;
  /** Tells the rule that the training started from. */
  readonly startFingerprint: string;
  readonly adam: Adam;
  readonly safeguard: Safeguard;
  readonly task: Task;
  /** Several rules share the grid: every sample has strains. */
  private readonly mixed: boolean;
  private samples?: SamplePool;
  /** The running mean of the weights; the weights themselves where none is asked for. */
  readonly average: Parameters;

  /**
   * Trains `rule` in place towards `target`. `step` is the number of steps already done. Throws InvalidInputError when
   * an option is out of range, or the rule does not go with the task's others.
   */
  constructor(
    readonly rule: Rule,
    readonly target: Target,
    { task = growth(target, rule), ...options }: TrainerOptions = {},
    public step = 0,
  ) {
    this.options = completeOptions(options);
    checkTarget(target);
    this.startFingerprint = fingerprint(rule);
    this.task = task;
    const strains = strainsOf(task.strainsWith(rule).rules);
    checkRules(strains);
    for (const { parameters } of strains.rules) checkFinite(parameters);
    this.mixed = strains.rules.length > 1;
    this.adam = new Adam(rule);
    this.safeguard = new Safeguard(rule, this.adam);
    this.average = this.options.average > 0 ? cloneRule(rule).parameters : rule.parameters;
  }

  /** What the training has come to: the rule, with the running mean of its weights where that was asked for. */
  get result(): Rule {
    return { spec: this.rule.spec, parameters: this.average };
  }

  /**
   * One training step. When the rule dies or explodes, it goes back to earlier weights, the pool starts from seeds
   * again and the learning rate is halved from there on. Throws DivergedError when that happens too often.
   */
  next(): TrainingStep {
    const start = performance.now();
    const { target } = this;
    const { rollout, steps } = this.options;
    const random = new Random(combine(combine(this.options.rngSeed, TRAINING_STREAM), this.step));
    const { indices, batch, wounded } = this.draw(random);
    const { rules, trained } = this.task.strainsWith(this.rule);
    const run = engine().rollout(rules, batch, {
      steps: random.integer(rollout[0], rollout[1] + 1),
      rngSeed: random.next(),
      trained,
    });
    const losses = pictureLosses(run.cells, target);
    const loss = mean(losses);
    const dLoss = pictureLossGradient(run.cells, target, this.options.objective, losses);
    const dParameters = run.parameterGradient(dLoss);
    // cells that are not a number die, so that the loss may look finite when the gradient no longer is
    const finite = normalizeGradient(dParameters);
    const whole = losses.filter((_, i) => !wounded.has(i));
    const rolledBack = this.safeguard.check(
      logLoss(mean(whole.length > 0 ? whole : losses)),
      finite,
      run.cells,
    );
    if (rolledBack === undefined) {
      this.safeguard.note(this.step);
      this.adam.update(dParameters, this.learningRate);
      this.averageWeights();
      if (indices.length > 0) this.pool.put(indices, run.cells);
    } else {
      this.goBack(rolledBack);
    }
    this.step++;
    const seconds = (performance.now() - start) / 1000;
    return {
      step: this.step,
      steps,
      loss,
      logLoss: logLoss(loss),
      before: batch,
      after: run.cells,
      seconds,
      rolledBack,
    };
  }

  /** The samples that rollouts start from; all are fresh at first, and after the rule went back to earlier weights. */
  get pool(): SamplePool {
    const { rngSeed, poolSize } = this.options;
    const key = combine(combine(rngSeed, POOL_STREAM), this.safeguard.rollbacks);
    this.samples ??= new SamplePool(this.freshSamples(poolSize, new Random(key)));
    return this.samples;
  }

  private *freshSamples(count: number, random: Random): Generator<Cells, void> {
    for (let i = 0; i < count; i++) {
      const cells = this.task.fresh(random);
      yield this.mixed ? withStrains(cells) : cells;
    }
  }

  /** Of the coming step. */
  get learningRate(): number {
    return learningRateAt(this.options, this.step) * 0.5 ** this.safeguard.rollbacks;
  }

  /** The batch that a step starts from: fresh samples, or samples of the pool, some replaced by fresh ones. */
  private draw(random: Random): { indices: number[]; batch: Cells; wounded: Set<number> } {
    const { regime, batch: count, poolSize, fresh, replaced, damaged, woundBelow, damage } = this.options;
    const wounded = new Set<number>();
    if (regime === "growing") {
      return { indices: [], batch: stackCells([...this.freshSamples(count, random)]), wounded };
    }
    const drawn = random.sample(count, poolSize);
    const losses = pictureLosses(this.pool.take(drawn), this.target);
    const order = drawn.map((_, i) => i).sort((a, b) => losses[b] - losses[a] || a - b);
    if (replaced === "any") {
      for (let i = 0; i < fresh; i++) {
        const other = random.integer(i, count - damaged);
        [order[i], order[other]] = [order[other], order[i]];
      }
    }
    const indices = order.map((i) => drawn[i]);
    const batch = this.pool.take(indices);
    let place = 0;
    for (const cells of this.freshSamples(fresh, random)) placeSample(cells, batch, place++);
    for (let i = count - damaged; i < count; i++) {
      if (!(logLoss(losses[order[i]]) < woundBelow)) continue;
      woundAtRandom(batch, i, damage, random);
      wounded.add(i);
    }
    return { indices, batch, wounded };
  }

  private averageWeights(): void {
    const kept = this.options.average;
    if (kept === 0) return;
    for (const name of PARAMETERS) {
      const [mean, weights] = [this.average[name], this.rule.parameters[name]];
      for (let i = 0; i < mean.length; i++) mean[i] = kept * mean[i] + (1 - kept) * weights[i];
    }
  }

  private goBack(why: string): void {
    this.safeguard.rollBack();
    copyParameters(this.rule.parameters, this.average);
    this.samples = undefined;
    if (this.safeguard.rollbacks <= MAX_ROLLBACKS) return;
    throw new DivergedError(
      `At training step ${this.step + 1} ${why}, for the ${this.safeguard.rollbacks}th time; the rule has the last ` +
        "weights that were good. Train again with a lower learning rate.",
    );
  }
}
