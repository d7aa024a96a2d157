// Training an infection: a strain that starts in one or a few cells of another's pattern, spreads, and turns it into
// its own picture. Only its rule learns; the rules that were there before are frozen.

import type { Target } from "../cells/cells.js";
import { checkInteger, checkRngSeed } from "../cells/errors.js";
import { combine } from "../cells/random.js";
import { fingerprint, type Rule } from "../rule/rule.js";
import { checkStrains, type Rules, strainsOf, withStrain } from "../rule/strains.js";
import { pictureTask, targetDescription } from "../train/growth.js";
import type { TrainingOptions } from "../train/options.js";
import type { Task } from "../train/task.js";
import { checkAges, type Herd, hostsOf } from "./herd.js";
import { infectAtRandom, SPREAD } from "./infect.js";
import { summaryOfTrials, type TrialsSummary } from "./summary.js";
import { infectionTrials, type TrialsOptions } from "./trials.js";

/** How training an infection differs from training growth. */
export const INFECTION_RECIPE = {
  regime: "persistent",
  steps: 2000,
  poolSize: 256,
  fresh: 2,
  rollout: [48, 80],
  objective: "root",
  learningRate: 1e-3,
  decay: [
    [800, 0.3],
    [1500, 0.3],
  ],
} satisfies Partial<TrainingOptions>;

export interface InfectionOptions {
  /** The chance per CA step that a cell beside one of the new strain takes that strain. */
  readonly spread?: number;
  /** The fewest and the most cells that are infected at first. */
  readonly points?: readonly [number, number];
  /** Lowest and highest age of the hosts when they are infected, in CA steps. */
  readonly ages?: readonly [number, number];
  /** More rules that it learns to take over, two at most: a fresh sample is one of theirs or of the host's. */
  readonly others?: readonly Rule[];
  readonly rngSeed?: number;
  /** How its trials differ from the usual ones where the rule is measured. */
  readonly measured?: Pick<TrialsOptions, "points" | "ages">;
}

/** Keeps the hosts' coin tosses apart from every other use of the same rngSeed. */
const HERD_STREAM = 4;

/**
 * The task of infecting a host: `hosts` is its rule, or several strains of which the last has taken over the pattern,
 * so that the new one is a cure. The new strain comes after them. Throws InvalidInputError when an option is out of
 * range.
 */
export function infectionOf(
  hosts: Rules,
  target: Target,
  options: InfectionOptions = {},
): Task<TrialsSummary> {
  const { spread = SPREAD, points = [1, 3], ages = [5, 300], others = [], rngSeed = 0, measured } = options;
  const area = target.height * target.width;
  checkInteger("points, at least", points[0], 1, area);
  checkInteger("points, at most", points[1], points[0], area);
  checkAges(ages);
  checkRngSeed(rngSeed);
  const prior = strainsOf(hosts);
  checkStrains(prior);
  const { spec } = prior.rules[0];
  const all = others.reduce((strains, other) => withStrain(strains, other, 0), prior);
  withStrain(all, prior.rules[0], spread); // throws for too many hosts, and a spread that is not a probability
  const strain = all.rules.length;
  const kinds = [prior, ...others];
  let herds: Promise<Herd[]> | undefined;
  return {
    ...pictureTask(target, spec),
    description: {
      kind: "infection",
      target: targetDescription(target),
      hosts: prior.rules.map(fingerprint),
      ...(others.length > 0 && { others: others.map(fingerprint) }),
      hostSpread: prior.spread,
      spread,
      points,
      ages,
      rngSeed,
    },
    strainsWith: (rule) => ({ rules: withStrain(all, rule, spread), trained: strain }),
    fresh: async (random, engine) => {
      const how = { ages, rngSeed: combine(rngSeed, HERD_STREAM), engine };
      herds ??= Promise.all(kinds.map((hosts) => hostsOf(hosts, target, how))).catch((error) => {
        herds = undefined; // another try may be luckier
        throw error;
      });
      const grown = await herds;
      const kind = others.length > 0 ? random.integer(0, kinds.length) : 0;
      const count = random.integer(points[0], points[1] + 1);
      const taken = grown[kind].take(random).cells;
      const strains = new Uint8Array(area).fill(prior.rules.length + kind - 1);
      const host = kind === 0 ? taken : { ...taken, strains };
      return { cells: infectAtRandom(host, strain, count, random, spec) };
    },
    measure: async (rule, how) =>
      summaryOfTrials(await infectionTrials(prior, rule, target, { spread, ...measured, ...how })),
  };
}
