// Learners side by side: rules of one shape whose training steps are computed at once. Each asks when it pleases; a step is
// computed when all of them have asked.

import { InvalidInputError } from "../../cells/errors.js";
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

export class Company {
  private shape?: GroupShape;
  private group?: Promise<Group>;
  private joined = 0;

  /** For so many learners. */
  constructor(
    private readonly count: number,
    private readonly open: OpenGroup,
  ) {}

  /** The next learner. Throws InvalidInputError where its shape is not that of the first one, or all have joined. */
  join(order: LearnerOrder): Learner {
    const shape = shapeOf(order, this.count);
    const [first, other] = [JSON.stringify(this.shape ?? shape), JSON.stringify(shape)];
    if (other !== first) {
      throw new InvalidInputError(
        "Trainings side by side need rules, grids, batches, pools and rollouts of one shape: " +
          `${other} beside ${first}.`,
      );
    }
    if (this.joined === this.count) {
      throw new InvalidInputError(`There are ${this.count} trainings side by side already.`);
    }
    this.shape = shape;
    const index = this.joined++;
    return lateLearner(async () => {
      this.group ??= this.open(shape);
      return (await this.group).seat(index, order);
    });
  }
}

/** A learner that is made when it is first asked for something. */
function lateLearner(make: () => Promise<Learner>): Learner {
  let made: Promise<Learner> | undefined;
  const learner = () => {
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
    weights: async () => (await learner()).weights(),
    save: async () => (await learner()).save(),
    restore: async (state) => (await learner()).restore(state),
    close: async () => (await learner()).close?.(),
  };
}
