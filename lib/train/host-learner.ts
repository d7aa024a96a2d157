// A learner for any task on any engine: the pool, the loss and the optimizer run here, the engine does the rollouts.

import { placeSample, sampleOf } from "../cells/cells.js";
import { SamplePool } from "../cells/pool.js";
import { Random } from "../cells/random.js";
import { type Batch, batchOf, type Sample } from "../cells/sample.js";
import { applyWound } from "../cells/wound.js";
import type { Engine } from "../engine/engine.js";
import {
  checkTensors,
  type Learner,
  type LearnerState,
  type LearnerTensors,
  type StepPlan,
  type StepResult,
} from "../engine/learner.js";
import {
  cloneParameters,
  copyParameters,
  PARAMETERS,
  type Parameters,
  type Rule,
  zeroParameters,
} from "../rule/rule.js";
import { Adam, normalizeGradient } from "./adam.js";
import { type Objective, slopesOf } from "./loss.js";
import type { Task } from "./task.js";

/** What the last run has left for `learn`. */
interface LastRun {
  readonly slots: readonly number[];
  readonly after: Batch;
  readonly gradient: Parameters;
}

export interface HostLearnerOptions {
  readonly engine: Engine;
  readonly objective: Objective;
  /** How much of the weights' running mean a step keeps; 0 where there is no mean. */
  readonly average: number;
}

/** Trains the rule in place. */
export class HostLearner implements Learner {
  private readonly adam: Adam;
  private readonly average: Parameters;
  private readonly good: {
    readonly weights: Parameters;
    readonly mean: Parameters;
    readonly square: Parameters;
  };
  private goodUpdates = 0;
  private pool?: SamplePool;
  private last?: LastRun;

  constructor(
    private readonly rule: Rule,
    private readonly task: Task,
    private readonly options: HostLearnerOptions,
  ) {
    this.adam = new Adam(rule);
    this.average = options.average > 0 ? cloneParameters(rule.parameters) : rule.parameters;
    const zeros = () => zeroParameters(rule.spec);
    this.good = { weights: cloneParameters(rule.parameters), mean: zeros(), square: zeros() };
  }

  async fill(samples: AsyncIterable<Sample>): Promise<void> {
    this.pool = await SamplePool.from(samples);
  }

  async losses(slots: readonly number[]): Promise<Float64Array> {
    return this.task.losses(this.pool!.take(slots));
  }

  /** The batch that a step starts from: samples of the pool, some replaced by fresh ones, some damaged or changed. */
  private batchFor({ slots, fresh, wounds, changes }: StepPlan): Batch {
    const batch = slots.length > 0 ? this.pool!.take(slots) : batchOf(fresh);
    const contexts = batch.contexts.slice();
    const replace = ({ cells, context }: Sample, place: number) => {
      placeSample(cells, batch.cells, place);
      if (context) contexts[place] = context;
    };
    fresh.forEach(replace);
    for (const [place, key] of changes ?? []) {
      const before = { cells: sampleOf(batch.cells, place), context: contexts[place] };
      replace(this.task.change!(before, new Random(key)), place);
    }
    for (const [place, wound] of wounds) applyWound(batch.cells, place, wound, this.rule.spec.inputs);
    return { cells: batch.cells, contexts };
  }

  async run(plan: StepPlan): Promise<StepResult> {
    const { task } = this;
    const before = this.batchFor(plan);
    const { rules, trained } = task.strainsWith(this.rule);
    const { steps, rngSeed } = plan;
    const run = await this.options.engine.rollout(rules, before.cells, { steps, rngSeed, trained });
    const after: Batch = { cells: run.cells, contexts: before.contexts };
    const losses = task.losses(after);
    const dCells = task.gradient(after, slopesOf(this.options.objective, losses));
    const gradient = await run.parameterGradient(dCells);
    task.narrow?.(gradient);
    // cells that are not a number die, so the loss may look finite when the gradient no longer is
    const finite = normalizeGradient(gradient);
    this.last = { slots: plan.slots, after, gradient };
    const states = async () => ({ before: before.cells, after: after.cells });
    return { losses, finite, broken: task.broken(after), states };
  }

  async learn(learningRate: number): Promise<void> {
    const { slots, after, gradient } = this.last!;
    this.adam.update(gradient, learningRate);
    this.averageWeights();
    if (slots.length > 0) this.pool!.put(slots, after);
  }

  private averageWeights(): void {
    const kept = this.options.average;
    if (kept === 0) return;
    for (const name of PARAMETERS) {
      const [mean, weights] = [this.average[name], this.rule.parameters[name]];
      for (let i = 0; i < mean.length; i++) mean[i] = kept * mean[i] + (1 - kept) * weights[i];
    }
  }

  async remember(): Promise<void> {
    copyParameters(this.rule.parameters, this.good.weights);
    copyParameters(this.adam.mean, this.good.mean);
    copyParameters(this.adam.square, this.good.square);
    this.goodUpdates = this.adam.updates;
  }

  async goBack(): Promise<void> {
    copyParameters(this.good.weights, this.rule.parameters);
    copyParameters(this.good.mean, this.adam.mean);
    copyParameters(this.good.square, this.adam.square);
    this.adam.updates = this.goodUpdates;
    copyParameters(this.rule.parameters, this.average);
  }

  async weights(): Promise<{ last: Parameters; average: Parameters }> {
    return { last: cloneParameters(this.rule.parameters), average: cloneParameters(this.average) };
  }

  /** Everything that has the shape of the rule's parameters, by the prefix of its names in a file. */
  private get tensors(): LearnerTensors {
    const { adam, good, rule, average } = this;
    return {
      "": rule.parameters,
      ...(average !== rule.parameters && { "average.": average }),
      "adam.mean.": adam.mean,
      "adam.square.": adam.square,
      "good.": good.weights,
      "good.adam.mean.": good.mean,
      "good.adam.square.": good.square,
    };
  }

  async save(): Promise<LearnerState> {
    const { goodUpdates, adam } = this;
    const copies = Object.entries(this.tensors).map(([prefix, parameters]) => [
      prefix,
      cloneParameters(parameters),
    ]);
    const tensors: LearnerTensors = Object.fromEntries(copies);
    return { tensors, updates: adam.updates, goodUpdates, pool: this.pool?.save() ?? SamplePool.none };
  }

  async restore({ tensors, updates, goodUpdates, pool }: LearnerState): Promise<void> {
    checkTensors(tensors, this.options.average);
    this.pool?.restore(pool);
    for (const [prefix, parameters] of Object.entries(this.tensors)) {
      copyParameters(tensors[prefix], parameters);
    }
    this.adam.updates = updates;
    this.goodUpdates = goodUpdates;
  }
}
