// The task of growing a picture from the seed.

import { ALPHA, type Cells, type Seed, type Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { checkComparable, checkTarget, pictureLosses, pictureLossGradient } from "../cells/picture-loss.js";
import { ALL_DEAD } from "../engine/learner.js";
import { fingerprintOf } from "../io/target-facts.js";
import type { Rule } from "../rule/rule.js";
import { checkSeeds, fitsSeeds, isCentre, seedFor, seedsOf } from "../rule/seeds.js";
import { isMature, type RuleSpec } from "../rule/spec.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import type { Task } from "./task.js";

/** What tells a target from others: its size and a fingerprint of its numbers. */
export function targetDescription(target: Target) {
  const { height, width, premultiplied } = target;
  return { height, width, premultiplied, fingerprint: fingerprintOf(target) };
}

/** Whether so many cells of all samples are mature; always true for a rule without an alive mask. */
export function anyMature({ data, channels }: Cells, spec: RuleSpec, least = 1): boolean {
  if (spec.aliveMask === "none") return true;
  let mature = 0;
  for (let at = spec.aliveChannel; at < data.length; at += channels)
    if (isMature(spec, data[at]) && ++mature >= least) return true;
  return false;
}

/** The parts that are shared by all tasks whose samples should all look like one picture. */
export function pictureTask(
  target: Target,
  spec: RuleSpec,
): Pick<Task, "losses" | "gradient" | "broken" | "picture"> {
  checkTarget(target);
  checkComparable({ ...target, ...spec }, target);
  return {
    picture: target,
    losses: ({ cells }) => pictureLosses(cells, target),
    gradient: ({ cells }, slopes) => pictureLossGradient(cells, target, slopes),
    broken: ({ cells }) => (anyMature(cells, spec) ? undefined : ALL_DEAD),
  };
}

export interface GrowthOptions {
  /** Where the pattern starts; the rule's own seeds where they fit the picture, else `seedsOf` it, if not given. */
  readonly seeds?: readonly Seed[];
}

/**
 * The task of growing a picture from its seeds, for rules of this specification. Throws InvalidInputError for a target
 * that cannot be used, or whose RGB is straight where the rule's is premultiplied, or the other way round.
 */
export function growth(
  target: Target,
  { spec, grid: old }: Pick<Rule, "spec" | "grid">,
  options: GrowthOptions = {},
): Task<Evaluation> {
  checkTarget(target);
  const { height, width } = target;
  const seeds = options.seeds ?? (old && fitsSeeds(target, old.seeds) ? old.seeds : seedsOf(target));
  checkSeeds(seeds);
  const grid = { height, width, seeds };
  const seed = seedFor({ spec, grid }, grid);
  if (!anyMature(seed, spec, seeds.length)) {
    throw new InvalidInputError(
      `A seed is 1 from channel ${ALPHA} on, and dead where channel ${spec.aliveChannel} must be above ` +
        `${spec.aliveThreshold}; choose another aliveChannel or aliveThreshold, or a task with samples of its own.`,
    );
  }
  return {
    ...pictureTask(target, spec),
    grid,
    description: {
      kind: "growth",
      target: targetDescription(target),
      ...(!isCentre(seeds) && { seeds: seeds.map(({ dx, dy }) => [dx, dy]) }),
    },
    strainsWith: (rule) => ({ rules: rule, trained: 0 }),
    fresh: async () => ({ cells: seed }),
    measure: (rule, options) => evaluate(rule, target, options),
  };
}
