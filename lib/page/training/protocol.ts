// What a page and the worker that trains for it say to each other.

import type { Target } from "../../cells/cells.js";
import type { Parameters, Rule } from "../../rule/rule.js";
import type { Rules } from "../../rule/strains.js";
import type { GivenOptions } from "../../train/options.js";
import type { Rgba } from "../../view/frame.js";

/** What is to be learned: plain data, as a worker is sent it and a browser keeps it. */
export interface Lesson {
  /** The rule that training starts from. */
  readonly start: Rule;
  /** The picture to grow, or to turn the hosts into. */
  readonly target: Target;
  /** Who is infected; without them the picture is grown from its seeds. */
  readonly hosts?: Rules;
  readonly options: GivenOptions;
}

export type Order =
  | { readonly kind: "measure"; readonly lesson: Lesson }
  | { readonly kind: "learn"; readonly lesson: Lesson; readonly state?: Uint8Array }
  | { readonly kind: "pause" | "go" | "save" }
  | { readonly kind: "grade"; readonly rule: Rule; readonly target: Target };

/** One training step, or the last of several. */
export interface Step {
  readonly step: number;
  readonly steps: number;
  readonly logLoss: number;
  /** Log losses since the last news. */
  readonly losses: readonly number[];
  /** Training steps a second, and the seconds that are left. */
  readonly stepsASecond: number;
  readonly secondsLeft: number;
  /** The batch after its rollout, drawn over nothing. */
  readonly pictures: readonly Rgba[];
  /** The weights by now, where it is time for them. */
  readonly parameters?: Parameters;
}

export type News =
  | {
      readonly kind: "cost";
      readonly secondsPerStep: number;
      readonly engine: string;
      readonly threads: number;
    }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "state"; readonly state: Uint8Array }
  | { readonly kind: "grade"; readonly logLoss: number }
  | { readonly kind: "done"; readonly parameters: Parameters; readonly grid: Rule["grid"] }
  | { readonly kind: "failed"; readonly message: string };
