// Training an infection: a strain that starts in one or a few cells of another's pattern, spreads, and turns it into
// its own picture. Its rule alone learns; those that were there before are frozen.

import type { Target } from "../cells/cells.js";
import { combine } from "../cells/random.js";
import { type Rules, strainsOf } from "../engine/wasm/job.js";
import { checkInteger, fingerprint } from "../rule/rule.js";
import { withStrain } from "../rule/strains.js";
import type { TrainingOptions } from "../train/options.js";
import type { Task } from "../train/task.js";
import { type Herd, hostsOf } from "./herd.js";
import { infectAtRandom } from "./infect.js";

/** The chance, a CA step, that a host cell beside an infected one is infected. */
export const SPREAD = 0.5;

/** What training an infection does otherwise than training growth. */
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
  /** The chance, a CA step, that a cell beside one of the new strain takes it. */
  readonly spread?: number;
  /** Cells that are infected at first, at least and at most. */
  readonly points?: readonly [number, number];
  /** Ages of the hosts in CA steps when they are infected. */
  readonly ages?: readonly [number, number];
  readonly rngSeed?: number;
}

/** Keeps the coins of the hosts' lives apart from every other use of the same rngSeed. */
const HERD_STREAM = 4;

/**
 * The task of infecting a host: `hosts` is its rule, or several strains whose last has taken over the pattern, so that
 * the new one is a cure. The new strain comes after them. Throws InvalidInputError when an option is out of range.
 */
export function infectionOf(hosts: Rules, target: Target, options: InfectionOptions = {}): Task {
  const { spread = SPREAD, points = [1, 3], ages = [5, 300], rngSeed = 0 } = options;
  checkInteger("points, at least", points[0], 1, 1_000_000);
  checkInteger("points, at most", points[1], points[0], 1_000_000);
  const prior = strainsOf(hosts);
  const strain = prior.rules.length;
  const about = {
    prior: prior.rules.map(fingerprint),
    priorSpread: prior.spread,
    spread,
    points,
    ages,
    rngSeed,
  };
  let herd: Herd | undefined;
  return {
    description: `infection ${JSON.stringify(about)}`,
    strainsWith: (rule) => ({ rules: withStrain(prior, rule, spread), trained: strain }),
    fresh: (random) => {
      herd ??= hostsOf(prior, target, { ages, rngSeed: combine(rngSeed, HERD_STREAM) });
      const count = random.integer(points[0], points[1] + 1);
      return infectAtRandom(herd.take(random).cells, strain, count, random);
    },
  };
}
