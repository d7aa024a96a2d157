// Adam (Kingma & Ba 2015) over a rule's parameters, on gradients normalised tensor by tensor.

import { BETA1, BETA2, correctedRate, EPSILON, NORM_EPSILON } from "../engine/adam.js";
import { PARAMETERS, type ParameterName, type Parameters, type Rule, zeroParameters } from "../rule/rule.js";

/** Divides every tensor of the gradient by its L2 norm, in place; false if one of them is not finite. */
export function normalizeGradient(gradient: Parameters): boolean {
  let finite = true;
  for (const name of PARAMETERS) {
    const tensor = gradient[name];
    let squares = 0;
    for (const value of tensor) squares += value * value;
    finite &&= Number.isFinite(squares);
    const scale = 1 / (Math.sqrt(squares) + NORM_EPSILON);
    for (let i = 0; i < tensor.length; i++) tensor[i] *= scale;
  }
  return finite;
}

export class Adam {
  /** Running means of the gradient and of its square. */
  readonly mean: Parameters;
  readonly square: Parameters;

  constructor(
    private readonly rule: Rule,
    public updates = 0,
  ) {
    this.mean = zeroParameters(rule.spec);
    this.square = zeroParameters(rule.spec);
  }

  /** Moves the rule's parameters, in place, against the gradient. */
  update(gradient: Parameters, learningRate: number): void {
    this.updates++;
    const rate = correctedRate(learningRate, this.updates);
    for (const name of PARAMETERS) this.updateTensor(name, gradient[name], rate);
  }

  private updateTensor(name: ParameterName, gradient: Float32Array, rate: number): void {
    const [parameter, mean, square] = [this.rule.parameters[name], this.mean[name], this.square[name]];
    for (let i = 0; i < gradient.length; i++) {
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * gradient[i];
      square[i] = BETA2 * square[i] + (1 - BETA2) * gradient[i] * gradient[i];
      parameter[i] -= (rate * mean[i]) / (Math.sqrt(square[i]) + EPSILON);
    }
  }
}
