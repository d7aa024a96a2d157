// A rule as an ONNX model: one CA step, or many of them in a loop, with the coins of the fire mask as an input. It holds
// no random numbers of its own: who runs it tosses the coins. Source: https://onnx.ai/onnx/operators, opset 13.
import { checkInteger } from "../../cells/errors.js";
import { checkRule, type Rule } from "../../rule/rule.js";
import { type RuleSpec, specData } from "../../rule/spec.js";
import { VERSION } from "../../version.js";
import { gridText } from "../checkpoint.js";
import { type Dimension, graph, model, node, value } from "./write-messages.js";
import { type StepValues, stepConstants, stepNodes } from "./write-step.js";

const PRODUCER = "differentiable-morphogenesis";
/** Far beyond any use: the coins of so many steps of one 72x72 grid are 20 GB. */
const MAX_STEPS = 2 ** 20;

export interface OnnxOptions {
  /** CA steps of one run; if not given, one, without a loop. */
  readonly steps?: number;
}

const OUTER: StepValues = { state: "state", coins: "coins", next: "next" };
/** Within the loop, where names must be others than around it. */
const INNER: StepValues = { state: "step_state", coins: "step_coins", next: "step_next" };

/**
 * The rule as an ONNX model, opset 13. The same rule and options give the same bytes.
 *
 * - Inputs: `state` [N, C, H, W]; `coins` [N, 1, H, W], 1 where a cell fires and else 0, tossed with the rule's fire
 *   rate; with `steps`: [steps, N, 1, H, W].
 * - Output: `next` [N, C, H, W], the state after the step or after all of them. All float32; N, H and W are free.
 * - Metadata: `rule`, the specification as JSON; `grid`, where it grows, if the rule says. The weights are the initializers hidden.weight, hidden.bias,
 *   update.weight and update.bias.
 *
 * With `steps` the step is the body of a Scan over the coins: a file of the same size for any number of steps.
 *
 * @throws InvalidInputError for a rule that a file could not hold, or a number of steps out of range
 */
export function encodeOnnx(rule: Rule, { steps }: OnnxOptions = {}): Uint8Array {
  checkRule(rule);
  if (steps !== undefined) checkInteger("steps", steps, 1, MAX_STEPS);
  const { spec } = rule;
  const states: Dimension[] = ["N", spec.channels, "H", "W"];
  const each: Dimension[] = ["N", 1, "H", "W"];
  const content = graph(steps === undefined ? "ca_step" : "ca_steps", {
    nodes: steps === undefined ? stepNodes(spec, OUTER) : [scan(spec, states, each)],
    constants: stepConstants(rule),
    inputs: [
      value(OUTER.state, states, `cells, RGB ${spec.premultiplied ? "premultiplied by alpha" : "straight"}`),
      value(
        OUTER.coins,
        steps === undefined ? each : [steps, ...each],
        `1 where a cell fires, with probability ${spec.fireRate}, else 0`,
      ),
    ],
    outputs: [value(OUTER.next, states)],
    says: `${steps ?? 1} CA step${(steps ?? 1) > 1 ? "s" : ""} of a neural cellular automaton`,
  });
  const grid = rule.grid && { grid: gridText(rule.grid) };
  return model([PRODUCER, VERSION], content, { rule: JSON.stringify(specData(spec)), ...grid });
}

/** One step after the other, each with its coins; the numbers of the rule are those of the graph around it. */
function scan(spec: RuleSpec, states: readonly Dimension[], each: readonly Dimension[]): Uint8Array {
  const body = graph("ca_step", {
    nodes: stepNodes(spec, INNER),
    inputs: [value(INNER.state, states), value(INNER.coins, each)],
    outputs: [value(INNER.next, states)],
  });
  return node("Scan", [OUTER.state, OUTER.coins], OUTER.next, { body, num_scan_inputs: 1 });
}
