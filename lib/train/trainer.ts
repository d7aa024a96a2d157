// Training: rollouts from the sample pool, the loss's gradient back through time, an update. One step at a time, so
// that the caller can look, draw, save or stop between steps.

import type { Cells } from "../cells/cells.js";
import { InvalidInputError, NcaError } from "../cells/errors.js";
import { power } from "../cells/math.js";
import { combine, Random } from "../cells/random.js";
import { type Sample, withSampleStrains } from "../cells/sample.js";
import { mean } from "../cells/statistics.js";
import type { Wound } from "../cells/wound.js";
import { checkSupport, type Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import type { Learner, StepPlan } from "../engine/learner.js";
import { checkFinite, copyParameters, fingerprint, type Rule } from "../rule/rule.js";
import { checkRules, type Strains, strainsOf } from "../rule/strains.js";
import { randomWound } from "./damage.js";
import { HostLearner } from "./host-learner.js";
import { logLoss } from "./loss.js";
import { completeOptions, type GivenOptions, learningRateAt, type TrainingOptions } from "./options.js";
import { MAX_ROLLBACKS, Safeguard } from "./safeguard.js";
import type { Task } from "./task.js";

/** Keeps the draws of training apart from every other use of the same rngSeed. */
const TRAINING_STREAM = 2;
const POOL_STREAM = 3;

/** Training broke too often. The rule has the last weights that were good. */
export class DivergedError extends NcaError {
  override name = "DivergedError";
}

/** One training step, after its update. */
export interface TrainingStep {
  /** The step's number, from 1. */
  readonly step: number;
  readonly steps: number;
  /** The mean of the batch's losses after its rollout. */
  readonly loss: number;
  readonly logLoss: number;
  /** The batch before and after its rollout; must be called before the next step, and before the loop over the steps ends. */
  states(): Promise<{ readonly before: Cells; readonly after: Cells }>;
  /** The time of this step alone. */
  readonly seconds: number;
  /** Why the rule was taken back to earlier weights in this step, if it was. */
  readonly rolledBack?: string;
}

export interface TrainerOptions extends GivenOptions {
  /** The engine that computes it; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
}

/** Training in progress: the rule that learns, its task, its learner. Advance it by `next`, or iterate `training`. */
export class Trainer {
  readonly options: TrainingOptions;
  readonly engine: Engine;
  /** The names of the engines that have computed it: several where a training that a graphics card began went on elsewhere. */
  engines: readonly string[];
  /** The fingerprint of the rule that training started from. */
  readonly startFingerprint: string;
  readonly learner: Learner;
  readonly safeguard = new Safeguard();
  private readonly strains: Strains;
  private isFilled = false;
  private isBusy = false;

  /**
   * Trains `rule` in place on a task, such as `growth(target, rule)`. `step` is the number of steps already done.
   * Throws InvalidInputError when an option is out of range, the rule does not fit the task, or the engine does not
   * support the rule.
   */
  constructor(
    readonly rule: Rule,
    readonly task: Task,
    { engine = defaultEngine(), ...options }: TrainerOptions = {},
    public step = 0,
  ) {
    this.options = completeOptions(options);
    this.engine = engine;
    this.engines = [engine.name];
    this.startFingerprint = fingerprint(rule);
    if (task.grid) rule.grid = task.grid;
    const { rules, trained } = task.strainsWith(rule);
    this.strains = strainsOf(rules);
    checkRules(this.strains);
    checkSupport(engine, rule.spec);
    for (const { parameters } of this.strains.rules) checkFinite(parameters);
    const { objective, average, batch, rollout, poolSize, regime } = this.options;
    const isPlain = !task.change && !task.narrow;
    const loss = isPlain && task.picture ? { picture: task.picture, objective } : undefined;
    const sizes = { batch, mostSteps: rollout[1], poolSize: regime === "growing" ? 0 : poolSize };
    this.learner =
      (loss && engine.learner?.({ rule, strains: this.strains, trained, loss, average, ...sizes })) ??
      new HostLearner(rule, task, { engine, objective, average });
  }

  /** The rule as trained so far, with the running mean of its weights where that was asked for. */
  async result(): Promise<Rule> {
    const { average } = await this.learner.weights();
    return { ...this.rule, parameters: average };
  }

  /**
   * One training step. When the rule dies or explodes, it goes back to earlier weights, the pool starts from fresh
   * samples again and the learning rate is halved from there on. Throws DivergedError when that happens too often, and
   * InvalidInputError while another step is under way.
   */
  async next(): Promise<TrainingStep> {
    if (this.isBusy) {
      throw new InvalidInputError("A training step is under way; await it before the next.");
    }
    this.isBusy = true;
    try {
      return await this.takeStep();
    } finally {
      this.isBusy = false;
    }
  }

  private async takeStep(): Promise<TrainingStep> {
    const start = performance.now();
    await this.fillPool();
    const plan = await this.plan(
      new Random(combine(combine(this.options.rngSeed, TRAINING_STREAM), this.step)),
    );
    const { losses, finite, broken, states } = await this.learner.run(plan);
    const whole = losses.filter((_, place) => !plan.wounds.has(place) && !plan.changes?.has(place));
    const rolledBack = this.safeguard.check(logLoss(mean(whole.length > 0 ? whole : losses)), finite, broken);
    if (rolledBack === undefined) {
      if (this.safeguard.isGood(this.step)) await this.learner.remember();
      await this.learner.learn(this.learningRate);
    } else {
      await this.goBack(rolledBack);
    }
    this.step++;
    const loss = mean(losses);
    const seconds = (performance.now() - start) / 1000;
    const { steps } = this.options;
    return { step: this.step, steps, loss, logLoss: logLoss(loss), states, seconds, rolledBack };
  }

  /** Fills the pool with fresh samples if it is new, or if the rule went back to earlier weights. */
  async fillPool(): Promise<void> {
    if (this.isFilled) return;
    const { rngSeed, poolSize, regime } = this.options;
    const key = combine(combine(rngSeed, POOL_STREAM), this.safeguard.rollbacks);
    if (regime !== "growing") await this.learner.fill(this.freshSamples(poolSize, new Random(key)));
    this.isFilled = true;
  }

  private async *freshSamples(count: number, random: Random): AsyncGenerator<Sample, void> {
    for (let i = 0; i < count; i++) {
      const sample = await this.task.fresh(random, this.engine);
      yield this.strains.rules.length > 1 ? withSampleStrains(sample) : sample;
    }
  }

  private async fresh(count: number, random: Random): Promise<Sample[]> {
    const samples: Sample[] = [];
    for await (const sample of this.freshSamples(count, random)) samples.push(sample);
    return samples;
  }

  /** The learning rate of the coming step. */
  get learningRate(): number {
    return learningRateAt(this.options, this.step) * power(0.5, this.safeguard.rollbacks);
  }

  /** What the coming step works on: fresh samples, or samples of the pool, some of them replaced by fresh ones. */
  private async plan(random: Random): Promise<StepPlan> {
    const drawn = await this.draw(random);
    const [low, high] = this.options.rollout;
    return { ...drawn, steps: random.integer(low, high + 1), rngSeed: random.next() };
  }

  private async draw(random: Random): Promise<Omit<StepPlan, "steps" | "rngSeed">> {
    const { regime, batch: count, poolSize, fresh, replaced, damaged, woundBelow, damage } = this.options;
    const wounds = new Map<number, Wound>();
    const changes = new Map<number, number>();
    if (regime === "growing") return { slots: [], fresh: await this.fresh(count, random), wounds };
    const drawn = random.sample(count, poolSize);
    const losses = await this.learner.losses(drawn);
    const order = drawn.map((_, i) => i).sort((a, b) => losses[b] - losses[a] || a - b);
    if (replaced === "any") {
      for (let i = 0; i < fresh; i++) {
        const other = random.integer(i, count - damaged);
        [order[i], order[other]] = [order[other], order[i]];
      }
    }
    const samples = await this.fresh(fresh, random);
    for (let place = count - damaged; place < count; place++) {
      if (!(logLoss(losses[order[place]]) < woundBelow)) continue;
      if (this.task.change) changes.set(place, random.next());
      else wounds.set(place, randomWound(damage, random));
    }
    return { slots: order.map((i) => drawn[i]), fresh: samples, wounds, changes };
  }

  private async goBack(why: string): Promise<void> {
    this.safeguard.goesBack();
    await this.learner.goBack();
    this.isFilled = false;
    if (this.safeguard.rollbacks <= MAX_ROLLBACKS) return;
    copyParameters((await this.learner.weights()).last, this.rule.parameters);
    throw new DivergedError(
      `At training step ${this.step + 1} ${why}, for the ${this.safeguard.rollbacks}th time; the rule has the last ` +
        "weights that were good. Train again with a lower learning rate, from a trained rule, or with a larger picture, " +
        "whose lines are thicker.",
    );
  }
}
