// What a page and the worker that trains for it say to each other. Every request has a number, which all that is said
// about it bears.

import type { Target } from "../../cells/cells.js";
import type { Parameters, Rule } from "../../rule/rule.js";
import type { Rules } from "../../rule/strains.js";
import type { GivenOptions } from "../../train/options.js";
import type { Rgba } from "../../view/frame.js";
import type { Drawing } from "../offers.js";

/** What is to be learned: plain data, as a worker is sent it and a browser keeps it. */
export interface Lesson {
  /** The rule that training starts from. */
  readonly start: Rule;
  readonly drawing: Drawing;
  /** The drawing on its grid: what is grown, or what the hosts are turned into. */
  readonly target: Target;
  /** Who is infected; without them the drawing is grown from its seeds. */
  readonly hosts?: Rules;
  readonly options: GivenOptions;
}

/** A message whose number is given by who sends it. */
export type Unnumbered<Message> = Message extends unknown ? Omit<Message, "number"> : never;

export type Request = { readonly number: number } & (
  | { readonly kind: "measure"; readonly lesson: Lesson }
  | { readonly kind: "learn"; readonly lesson: Lesson; readonly state?: Uint8Array }
  | { readonly kind: "grade"; readonly rule: Rule; readonly target: Target }
  /** About the training under way. */
  | { readonly kind: "pause" | "go" | "save" }
);

/** A training step, and what came since the last one that was told of. */
export interface Step {
  readonly step: number;
  readonly steps: number;
  readonly logLoss: number;
  /** The engine that computes it. */
  readonly engine: string;
  /** Log losses of the steps since. */
  readonly losses: readonly number[];
  /** As soon as it can be told. */
  readonly secondsLeft?: number;
  /** The batch after its rollout, drawn over nothing. */
  readonly pictures: readonly Rgba[];
  /** The weights by now, where it is time for them. */
  readonly parameters?: Parameters;
}

export type Reply = { readonly number: number } & (
  | {
      readonly kind: "cost";
      /** What a training step takes. */
      readonly seconds: number;
    }
  | { readonly kind: "grade"; readonly logLoss: number }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "state"; readonly state: Uint8Array }
  | { readonly kind: "done"; readonly parameters: Parameters }
  | { readonly kind: "failed"; readonly message: string }
);
