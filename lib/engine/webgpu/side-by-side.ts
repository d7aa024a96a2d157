// Learners side by side: rules of one shape whose training steps are computed at once. Each asks when it pleases; a step is
// computed when all of them have asked.

import { InvalidInputError } from "../../cells/errors.js";
import { cloneParameters, type Parameters } from "../../rule/rule.js";
import type { Learner, LearnerOrder } from "../learner.js";
import type { Group } from "./group.js";
import type { Shape } from "./shape.js";

/** What the device needs to know of a learner before it trains it. */
export interface GroupShape extends Shape {
  readonly mostSteps: number;
  readonly poolSize: number;
  /** Of strains to strains: see `Strains`. */
  readonly spread: readonly (readonly number[])[];
}

function shapeOf(order: LearnerOrder, rules: number): GroupShape {
  const { rule, strains, trained, loss, batch, mostSteps, poolSize } = order;
  const { height, width } = loss.picture;
  const grid = { height, width, batch, rules, strains: strains.rules.length, trained };
  return { spec: rule.spec, ...grid, mostSteps, poolSize, spread: strains.spread };
}

/** Opens the device, and a group on it. */
export type OpenGroup = (shape: GroupShape) => Promise<Group>;

export class SideBySide {
  private shape?: GroupShape;
  private group?: Promise<Group>;
  private joined = 0;
  /** Learners that were closed before they were made. */
  private absent = 0;

  /** For so many learners. */
  constructor(
    private readonly count: number,
    private readonly open: OpenGroup,
  ) {}

  /** The next learner. Throws InvalidInputError where its shape is not that of the first one, or all have joined. */
  join(order: LearnerOrder): Learner {
    const shape = shapeOf(order, this.count);
    checkAlike(this.shape ?? shape, shape);
    if (this.joined === this.count) {
      throw new InvalidInputError(`There are ${this.count} trainings side by side already.`);
    }
    this.shape = shape;
    const index = this.joined++;
    const make = async () => {
      this.group ??= this.open(shape).then((group) => {
        for (let i = 0; i < this.absent; i++) group.leave();
        return group;
      });
      return (await this.group).learner(index, order);
    };
    const leave = async () => {
      if (this.group) (await this.group).leave();
      else this.absent++;
    };
    return lateLearner(order.rule.parameters, make, leave);
  }
}

/** Throws InvalidInputError, naming what differs, for trainings that cannot take their steps at once. */
function checkAlike(first: GroupShape, other: GroupShape): void {
  for (const key of Object.keys(first) as (keyof GroupShape)[]) {
    const [expected, got] = [first, other].map((shape) => JSON.stringify(shape[key]));
    if (got === expected) continue;
    throw new InvalidInputError(
      `Trainings side by side are of one shape; ${key} is ${got} beside ${expected}. Give all the same, or train them apart.`,
    );
  }
}

/** A learner that is made when it is first asked for something that its first weights do not answer. */
function lateLearner(first: Parameters, make: () => Promise<Learner>, leave: () => Promise<void>): Learner {
  let made: Promise<Learner> | undefined;
  let isClosed = false;
  const learner = () => {
    if (isClosed && !made) throw new InvalidInputError("This training was closed before its first step.");
    made ??= make();
    return made;
  };
  return {
    fill: async (samples) => (await learner()).fill(samples),
    losses: async (slots) => (await learner()).losses(slots),
    run: async (plan) => (await learner()).run(plan),
    learn: async (rate) => (await learner()).learn(rate),
    remember: async () => (await learner()).remember(),
    goBack: async () => (await learner()).goBack(),
    weights: async () => {
      if (made) return (await made).weights();
      return { last: cloneParameters(first), average: cloneParameters(first) };
    },
    save: async () => (await learner()).save(),
    restore: async (state) => (await learner()).restore(state),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      if (made) await (await made).close?.();
      else await leave();
    },
  };
}
