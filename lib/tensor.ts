// The rule in TensorFlow.js operations, and the rollout as one of them: alone imports TensorFlow.js.

export {
  aliveMask,
  caStep,
  fireMask,
  patches,
  perceive,
  type StepKey,
  update,
  type Weights,
} from "./tensor/ops.js";
export { TensorRule, type TensorRuleOptions, tensorRule, toCells, toTensor } from "./tensor/tensor-rule.js";
export { ready, TENSORFLOW_BACKENDS, type TensorFlowBackend } from "./tensor/tensorflow.js";
