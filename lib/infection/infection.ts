// Training an infection: a strain that starts in one or a few cells of another's pattern, spreads, and turns it into
// its own picture. Its rule alone learns; those that were there before are frozen.

import { type Rules, strainsOf } from "../engine/job.js";
import { seedCells, stackCells, type Target } from "../rule/cells.js";
import { combine, mix, Random } from "../rule/random.js";
import { PARAMETERS, type Rule } from "../rule/rule.js";
import { firstStrains, type Strains, withStrain } from "../rule/strains.js";
import type { TrainingOptions } from "../train/options.js";
import type { Task } from "../train/task.js";
import { Herd, type HerdOptions } from "./herd.js";
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

const LIVES = 16;
const EVERY = 5;
/** Keeps the coins of the hosts' lives apart from every other use of the same rngSeed. */
const HERD_STREAM = 4;
const PRIOR_STREAM = 5;

/** A short name for a rule's weights. */
function fingerprint({ spec, parameters }: Rule): string {
  let hash = 0;
  for (const name of PARAMETERS) {
    const { buffer, byteOffset, length } = parameters[name];
    for (const word of new Uint32Array(buffer, byteOffset, length)) hash = combine(hash, word);
  }
  for (const character of JSON.stringify(spec)) hash = mix(hash ^ character.charCodeAt(0));
  return hash.toString(16).padStart(8, "0");
}

/**
 * The task of infecting a host: `hosts` is its rule, or several strains whose last has taken over the pattern, so that
 * the new one is a cure. The new strain comes after them.
 */
export function infectionOf(hosts: Rules, target: Target, options: InfectionOptions = {}): Task {
  const { spread = SPREAD, points = [1, 3], ages = [5, 300], rngSeed = 0 } = options;
  const prior = strainsOf(hosts);
  const strain = prior.rules.length;
  let herd: Herd | undefined;
  const about = {
    prior: prior.rules.map(fingerprint),
    priorSpread: prior.spread,
    spread,
    points,
    ages,
    rngSeed,
  };
  return {
    description: `infection ${JSON.stringify(about)}`,
    rulesWith: (rule) => ({ rules: withStrain(prior, rule, spread), trained: strain }),
    fresh: (random) => {
      herd ??= herdOf(prior, target, { ages, every: EVERY, rngSeed: combine(rngSeed, HERD_STREAM) });
      return infectAtRandom(herd.take(random), strain, random.integer(points[0], points[1] + 1), random)
        .cells;
    },
  };
}

/** Hosts grown by the first rule; where there are more, infected by each in turn and lived on. */
function herdOf(strains: Strains, { height, width }: Target, options: HerdOptions): Herd {
  const { rules } = strains;
  let herd = new Herd(rules[0], seedCells(LIVES, height, width, rules[0].spec.channels), options);
  const random = new Random(combine(options.rngSeed, PRIOR_STREAM));
  for (let strain = 1; strain < rules.length; strain++) {
    const young = stackCells(
      Array.from({ length: LIVES }, () => infectAtRandom(herd.take(random), strain, 1, random).cells),
    );
    herd = new Herd(firstStrains(strains, strain + 1), young, options);
  }
  return herd;
}
