// Infections as gifs: one host infected at one point, one at several, one while it grows; and a battle.

import * as nca from "../../lib/node.js";
import { model } from "../shared/models.js";
import { BACKGROUND, HOLD_LAST_MS, RNG_SEED, SIZE } from "./stage.js";

const EVERY = 2; // CA steps per frame
const SCALE = 4;
/** CA steps for which the infections are watched, and those before them that show the host as it was. */
const STEPS = 120;
const CALM_STEPS = 20;
/** The age of a grown host, and of one that is still growing. */
const GROWN = 150;
const GROWING = 30;
const SEVERAL = 5;
/** A frame around each infected cell: its distance from the cell, its colour, and how many pictures show it. */
const MARK_REACH = 3;
const MARK_RGBA = [224, 49, 49, 255];
const MARKED_FRAMES = 12;
/** A battle: rounds, CA steps per round and per frame, and the chance that the attacker takes a cell beside its own. */
const ROUNDS = 6;
const ROUND_STEPS = 60;
const ROUND_EVERY = 3;
const ATTACK = 0.3;

const drawn = (state: nca.Cells) => nca.toRgba(state, { background: BACKGROUND });

/** The picture with a square outline around every cell of strain 1. */
function marked(image: nca.Rgba, { strains = new Uint8Array() }: nca.Cells): nca.Rgba {
  const { width, height } = image;
  const data = image.data.slice();
  strains.forEach((strain, cell) => {
    if (strain !== 1) return;
    const [x, y] = [cell % width, Math.floor(cell / width)];
    for (let dy = -MARK_REACH; dy <= MARK_REACH; dy++)
      for (let dx = -MARK_REACH; dx <= MARK_REACH; dx++) {
        const isOutline = Math.max(Math.abs(dx), Math.abs(dy)) === MARK_REACH;
        const isInside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        if (isOutline && isInside) data.set(MARK_RGBA, 4 * ((y + dy) * width + x + dx));
      }
  });
  return { ...image, data };
}

/** Pictures of the host's life up to the infection, and of what follows, at first with the infected points marked. */
async function infected(strains: nca.Strains, age: number, points: number): Promise<nca.Rgba[]> {
  const from = await nca.grow(strains.rules[0], {
    steps: age - CALM_STEPS,
    size: SIZE,
    rngSeed: RNG_SEED,
    every: age,
  });
  const calm = await live(strains, nca.withStrains(from[from.length - 1]), CALM_STEPS, age - CALM_STEPS);
  const random = new nca.Random(RNG_SEED);
  const cells = nca.infectAtRandom(calm[calm.length - 1], 1, points, random);
  const ill = await live(strains, cells, STEPS, age);
  return [
    ...calm.map(drawn),
    ...ill.map((state, frame) => {
      const image = drawn(state);
      return frame < MARKED_FRAMES ? marked(image, cells) : image;
    }),
  ];
}

/** The state given, then one every `EVERY` CA steps. */
function live(strains: nca.Strains, from: nca.Cells, steps: number, firstStep: number): Promise<nca.Cells[]> {
  return nca.grow(strains, { from, steps, firstStep, every: EVERY, rngSeed: RNG_SEED });
}

/** From one point, from several, and in a growing host, side by side. */
export async function combinedInfection(): Promise<Uint8Array> {
  const strains = nca.withStrain(
    nca.strainsOf(await model("bird")),
    await model("bird-to-lizard"),
    nca.SPREAD,
  );
  const lives = await Promise.all([
    infected(strains, GROWN, 1),
    infected(strains, GROWN, SEVERAL),
    infected(strains, GROWING, 1),
  ]);
  const frames = lives[0].map((_, i) => nca.sideBySide(lives.map((life) => life[i])));
  return nca.gif(frames, { background: BACKGROUND, scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes;
}

/**
 * The infection and the cure attack in turn, each from one cell: before a round ends the body is torn between the two.
 * The right half shows which strain holds each cell.
 */
export async function battle(): Promise<Uint8Array> {
  const rules = [await model("bird"), await model("bird-to-lizard"), await model("bird-to-lizard-cure")];
  const grown = await nca.grow(rules[0], { steps: GROWN, size: SIZE, rngSeed: RNG_SEED, every: GROWN });
  const random = new nca.Random(RNG_SEED);
  const states = [nca.withStrains(grown[grown.length - 1])];
  for (let round = 0; round < ROUNDS; round++) {
    const attacker = 1 + (round % 2);
    const spread = rules.map((_, s) => rules.map((_, t) => (s === attacker && t !== attacker ? ATTACK : 0)));
    const from = nca.infectAtRandom(states[states.length - 1], attacker, 1, random);
    const firstStep = GROWN + round * ROUND_STEPS;
    const options = { steps: ROUND_STEPS, every: ROUND_EVERY, firstStep, rngSeed: RNG_SEED };
    const lived = await nca.grow({ rules, spread }, { from, ...options });
    states.push(...lived.slice(1).map(nca.withStrains));
  }
  const frames = states.map((state) =>
    nca.sideBySide([drawn(state), nca.tintedByStrain(state, { background: BACKGROUND })]),
  );
  return nca.gif(frames, { background: BACKGROUND, scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes;
}
