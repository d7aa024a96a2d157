// A rule whose weights are TensorFlow.js variables, and its rollout as one differentiable operation: forward and
// backward run in the engine, with whatever loss and optimizer you like in between.

import * as tf from "@tensorflow/tfjs";
import type { Cells } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { Random } from "../cells/random.js";
import type { RolloutOptions, SyncEngine } from "../engine/engine.js";
import { defaultSyncEngine } from "../engine/engines.js";
import { type Parameters, type Rule, shapesOf } from "../rule/rule.js";
import type { RuleSpec } from "../rule/spec.js";

/** A copy: some backends hand out the memory that they compute with, or keep reading the array that they were given. */
const numbers = (tensor: tf.Tensor) => (tensor.dataSync() as Float32Array).slice();

/** A batch of cells as a tensor, [count, height, width, channels]: a copy. */
export function toTensor({ data, count, height, width, channels }: Cells): tf.Tensor4D {
  return tf.tensor4d(data.slice(), [count, height, width, channels]);
}

/** A tensor [count, height, width, channels] as a batch of cells: a copy. A tensor does not say how RGB is meant. */
export function toCells(tensor: tf.Tensor4D, premultiplied = true): Cells {
  const [count, height, width, channels] = tensor.shape;
  return { data: numbers(tensor), count, height, width, channels, premultiplied };
}

export interface TensorRuleOptions {
  /** Seeds the coin tosses of rollouts that are not given an `rngSeed` of their own; 0 if not given. */
  readonly rngSeed?: number;
  /** The engine that computes the rollouts, synchronously; the one from `defaultSyncEngine` if not given. */
  readonly engine?: SyncEngine;
}

export class TensorRule {
  readonly spec: RuleSpec;
  readonly w1: tf.Variable<tf.Rank.R2>;
  readonly b1: tf.Variable<tf.Rank.R1>;
  readonly w2: tf.Variable<tf.Rank.R2>;
  readonly b2: tf.Variable<tf.Rank.R1>;
  private readonly coins: Random;
  private readonly engine: SyncEngine;

  constructor(
    { spec, parameters }: Rule,
    { rngSeed = 0, engine = defaultSyncEngine() }: TensorRuleOptions = {},
  ) {
    const shapes = shapesOf(spec);
    this.spec = spec;
    this.coins = new Random(rngSeed);
    this.engine = engine;
    // a variable takes a reference of its own, so the tensor that it starts from is freed
    const variable = <R extends tf.Rank>(values: Float32Array, shape: number[]) =>
      tf.tidy(() => tf.variable(tf.tensor(values.slice(), shape as tf.ShapeMap[R])));
    this.w1 = variable<tf.Rank.R2>(parameters.w1, shapes.w1);
    this.b1 = variable<tf.Rank.R1>(parameters.b1, shapes.b1);
    this.w2 = variable<tf.Rank.R2>(parameters.w2, shapes.w2);
    this.b2 = variable<tf.Rank.R1>(parameters.b2, shapes.b2);
  }

  /** The weights as they are now, as a rule of typed arrays: to grow, save or go on training. */
  toRule(): Rule {
    const { w1, b1, w2, b2 } = this;
    return {
      spec: this.spec,
      parameters: { w1: numbers(w1), b1: numbers(b1), w2: numbers(w2), b2: numbers(b2) },
    };
  }

  /**
   * The state after `steps` CA steps, [N, H, W, C], differentiable in the state and the weights. Each call tosses other
   * coins, in an order that the rule's rngSeed fixes, unless it is given an `rngSeed` of its own. It records what the
   * backward pass needs, some 250 kB per step and sample of a grown pattern: to watch a long life, use `grow`.
   */
  rollout(
    state: tf.Tensor4D,
    { rngSeed = this.coins.next(), ...options }: Partial<RolloutOptions> & { steps: number },
  ): tf.Tensor4D {
    if (state.rank !== 4 || state.shape[3] !== this.spec.channels) {
      throw new InvalidInputError(
        `The state is [${state.shape}]; expected [N, H, W, ${this.spec.channels}].`,
      );
    }
    const { spec, engine } = this;
    const operation = tf.customGrad((...inputs) => {
      const [cells, w1, b1, w2, b2] = inputs as tf.Tensor[];
      const parameters: Parameters = { w1: numbers(w1), b1: numbers(b1), w2: numbers(w2), b2: numbers(b2) };
      const start = toCells(cells as tf.Tensor4D, spec.premultiplied);
      const run = engine.rolloutSync({ spec, parameters }, start, { ...options, rngSeed });
      const gradFunc = (dLast: tf.Tensor) => {
        const { dCells, dParameters } = run.backward(numbers(dLast));
        const shaped = [w1, b1, w2, b2].map(({ shape }, i) =>
          tf.tensor([dParameters.w1, dParameters.b1, dParameters.w2, dParameters.b2][i], shape),
        );
        return [toTensor(dCells), ...shaped];
      };
      return { value: toTensor(run.cells), gradFunc };
    });
    return operation(state, this.w1, this.b1, this.w2, this.b2) as tf.Tensor4D;
  }

  /** Frees the variables. */
  dispose(): void {
    for (const variable of [this.w1, this.b1, this.w2, this.b2]) variable.dispose();
  }
}

/** The rule with its weights as TensorFlow.js variables; see `TensorRule`. */
export function tensorRule(rule: Rule, options: TensorRuleOptions = {}): TensorRule {
  return new TensorRule(rule, options);
}
