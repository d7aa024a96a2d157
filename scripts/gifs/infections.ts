// Infections as gifs: one host infected in a point, one in several, one while it grows; and a battle.

import * as nca from "../../lib/index.js";
import { model } from "../models.js";
import { HOLD_LAST_MS, RNG_SEED, SIZE } from "./stage.js";

const EVERY = 2; // CA steps a frame
const SCALE = 4;
/** CA steps that the infections are watched for, and those before that show the host as it was. */
const STEPS = 200;
const CALM_STEPS = 20;
/** The age of a grown host, and of one that still grows. */
const GROWN = 150;
const GROWING = 30;
const SEVERAL = 5;
/** A battle: the chances, a CA step, that a strain takes a cell of another beside it, [from][to]; see `battle`. */
const BATTLE = [
  [0, 0, 0.02],
  [0.3, 0, 0],
  [0, 0.3, 0],
];
const BATTLE_STEPS = 600;
const BATTLE_EVERY = 4;

/** Frames from the host's life up to the infection, and of what comes then. */
function infected(strains: nca.Strains, age: number, points: number): nca.Cells[] {
  const from = nca.grow(strains.rules[0], {
    steps: age - CALM_STEPS,
    size: SIZE,
    rngSeed: RNG_SEED,
    every: age,
  });
  const calm = live(strains, nca.withStrains(from[from.length - 1]), CALM_STEPS, age - CALM_STEPS);
  const random = new nca.Random(RNG_SEED);
  const cells = nca.infectAtRandom(calm[calm.length - 1], 1, points, random);
  return [...calm, ...live(strains, cells, STEPS, age)];
}

/** The state, and one every `EVERY` CA steps. */
function live(strains: nca.Strains, from: nca.Cells, steps: number, firstStep: number): nca.Cells[] {
  return nca.grow(strains, { from, steps, firstStep, every: EVERY, rngSeed: RNG_SEED });
}

/** From one point, from several, and in a growing host, side by side. */
export async function combinedInfection(): Promise<Uint8Array> {
  const strains = nca.withStrain(
    nca.strainsOf(await model("bird")),
    await model("bird-to-lizard"),
    nca.SPREAD,
  );
  const lives = [
    infected(strains, GROWN, 1),
    infected(strains, GROWN, SEVERAL),
    infected(strains, GROWING, 1),
  ];
  const frames = lives[0].map((_, i) => nca.sideBySide(lives.map((life) => nca.toRgba(life[i]))));
  return nca.gif(frames, { scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes;
}

/**
 * Each strain takes cells of one other: the infection the host's, the cure the infection's, and the host, slowly, the
 * cure's, so that the fight never ends. On the right who holds which.
 */
export async function battle(): Promise<Uint8Array> {
  const rules = [await model("bird"), await model("bird-to-lizard"), await model("bird-to-lizard-cure")];
  const grown = nca.grow(rules[0], { steps: GROWN, size: SIZE, rngSeed: RNG_SEED, every: GROWN });
  const random = new nca.Random(RNG_SEED);
  const ill = nca.infectAtRandom(grown[grown.length - 1], 1, 1, random);
  const strains = { rules, spread: BATTLE };
  const spreading = live(strains, ill, CALM_STEPS, GROWN);
  const treated = nca.infectAtRandom(spreading[spreading.length - 1], 2, 1, random);
  const fight = nca.grow(strains, {
    from: treated,
    steps: BATTLE_STEPS,
    firstStep: GROWN + CALM_STEPS,
    every: BATTLE_EVERY,
    rngSeed: RNG_SEED,
  });
  const states = [...spreading, ...fight];
  const frames = states.map((state) => nca.sideBySide([nca.toRgba(state), nca.tintedByStrain(state)]));
  return nca.gif(frames, { scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes;
}
