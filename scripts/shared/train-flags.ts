// The flags of npm run train, and what they ask for.

import { givenIn } from "../../lib/cells/given.js";
import { SPREAD } from "../../lib/infection/infect.js";
import { INFECTION_RECIPE } from "../../lib/infection/infection.js";
import type { GivenOptions, Rule, Strains, TrainingOptions } from "../../lib/node.js";
import { PERCEPTIONS } from "../../lib/rule/filters.js";
import { createRule } from "../../lib/rule/rule.js";
import { ALIVE_MASKS, DEFAULT_SPEC, MAX_CHANNELS, MAX_HIDDEN, MIN_CHANNELS } from "../../lib/rule/spec.js";
import { MAX_STRAINS } from "../../lib/rule/strains.js";
import { DAMAGES } from "../../lib/train/damage.js";
import { OBJECTIVES } from "../../lib/train/loss.js";
import { completeOptions, RECIPE, RECIPES, REGIMES, REPLACED } from "../../lib/train/options.js";
import { command, RUNNING } from "./command.js";
import { engineFlag } from "./engine.js";
import {
  file,
  forceFlag,
  MODEL_FILES,
  modelFile,
  modelFiles,
  oneOf,
  places,
  positive,
  range,
  real,
  resumeFlag,
  rngSeedFlag,
  schedule,
  spreadFlag,
  whole,
} from "./flags.js";
import { paddingFlag, sizeFlag, targetFlag } from "./target.js";

const YES_NO = ["yes", "no"] as const;

type Recipe = Partial<Record<keyof TrainingOptions, unknown>>;

/** An option's default, as one would write it, and the default for an infection where that differs. */
function usual(option: keyof TrainingOptions): string {
  const [growth, infection] = [RECIPE, INFECTION_RECIPE].map((recipe: Recipe) => text(recipe[option]));
  return growth === infection || infection === "" ? growth : `${growth}, for an infection ${infection}`;
}

/** [64, 95] as 64:95, [[2000, 0.1], [7000, 0.5]] as 2000:0.1,7000:0.5, ["a", "b"] as a,b. */
export function text(value: unknown): string {
  if (!Array.isArray(value)) return `${value ?? ""}`;
  return value.map(text).join(typeof value[0] === "number" ? ":" : ",");
}

/**
 * A flag that is not given is undefined: then the recipe decides, that of growth or that of an infection. The flags'
 * order is that of the commands in rules' metadata, and must stay; the help shows them in groups.
 */
export const trainFlags = command(
  "train",
  "Trains a rule to grow a picture, or to infect another's pattern.",
  [
    "--target targets/bird.png --regime persistent --steps 8000 --rng-seed 1 --out bird.safetensors",
    "--host models/lizard.safetensors --target targets/bird.png --out lizard-to-bird.safetensors",
    "--target bird,fish --out bird.safetensors,fish.safetensors --engine webgpu",
  ],
)
  .optionsGroup("What to grow:")
  .addOption(targetFlag("to grow, or several with commas: see --out; each").makeOptionMandatory())
  .addOption(
    file(
      "--out <file>",
      "where the rule goes, a .safetensors file; with commas several rules, of as many pictures in --target, or of one and " +
        "rng seeds that count up from --rng-seed. The engine webgpu trains them at once",
    ).makeOptionMandatory(),
  )
  .addOption(
    modelFile(
      "--from <file>",
      `a rule to start from instead of a new one, ${MODEL_FILES}; the same file as --out for another stage`,
    ),
  )
  .optionsGroup("Infection:")
  .addOption(
    modelFile(
      "--host <file>",
      "the rule that it infects: then it is an infection, from the host's weights on",
    ),
  )
  .addOption(modelFile("--via <file>", "an infection that has taken the host before: then it is a cure"))
  .addOption(
    modelFiles(
      "--also <files>",
      `more rules that it learns to infect, at most ${MAX_STRAINS - 2}`,
      MAX_STRAINS - 2,
    ),
  )
  .addOption(
    range("--ages <steps>", "how old hosts are when they are infected, in CA steps").default(
      undefined,
      "5:300",
    ),
  )
  .addOption(spreadFlag().default(undefined, `${SPREAD}`))
  .optionsGroup("The training:")
  .addOption(oneOf("--regime <name>", "what it learns", REGIMES).default(undefined, usual("regime")))
  .addOption(whole("--steps <number>", "training steps", 1).default(undefined, usual("steps")))
  .addOption(rngSeedFlag("all randomness"))
  .addOption(
    positive("--learning-rate <rate>", "of the first step").default(undefined, usual("learningRate")),
  )
  .addOption(
    schedule("--decay <pairs>", "its factors, from a training step on").default(undefined, usual("decay")),
  )
  .addOption(
    real(
      "--average <share>",
      "how much each step keeps of the weights' running mean, which the rule ends with",
      "a number from 0 to below 1, such as 0.998",
      (number) => number >= 0 && number < 1,
    ).default(undefined, usual("average")),
  )
  .optionsGroup("What to grow:")
  .addOption(sizeFlag().default(40))
  .addOption(paddingFlag().default(16))
  .optionsGroup("The training:")
  .addOption(whole("--batch <number>", "samples a training step", 1).default(undefined, usual("batch")))
  .addOption(whole("--pool <number>", "samples in the pool", 1).default(undefined, usual("poolSize")))
  .addOption(
    whole("--fresh <number>", "samples of each batch replaced by fresh ones").default(
      undefined,
      usual("fresh"),
    ),
  )
  .addOption(oneOf("--replaced <which>", "which these are", REPLACED).default(undefined, usual("replaced")))
  .addOption(range("--rollout <steps>", "CA steps of a rollout", 1).default(undefined, usual("rollout")))
  .addOption(
    oneOf("--objective <name>", "what is minimised over the samples' losses", OBJECTIVES).default(
      undefined,
      usual("objective"),
    ),
  )
  .optionsGroup("Damage:")
  .addOption(
    oneOf("--damage <kind>", "wounds of a regenerating training", DAMAGES).default(
      undefined,
      usual("damage"),
    ),
  )
  .addOption(
    whole("--damaged <number>", "samples of each batch that are wounded").default(
      undefined,
      `0, in the regime regenerating ${completeOptions({ regime: "regenerating" }).damaged}`,
    ),
  )
  .addOption(
    real("--wound-below <loss>", "a sample is wounded only when it is below this", "a log loss, such as -3"),
  )
  .optionsGroup("The rule:")
  .addOption(
    oneOf("--perception <name>", "of a new rule", PERCEPTIONS).default(undefined, DEFAULT_SPEC.perception),
  )
  .addOption(
    whole("--hidden <units>", "of a new rule's hidden layer", 1, MAX_HIDDEN).default(
      undefined,
      `${DEFAULT_SPEC.hidden}`,
    ),
  )
  .addOption(
    oneOf("--alive-mask <name>", "of a new rule", ALIVE_MASKS).default(undefined, DEFAULT_SPEC.aliveMask),
  )
  .addOption(
    whole("--channels <number>", "of a new rule's cells", MIN_CHANNELS, MAX_CHANNELS).default(
      undefined,
      `${DEFAULT_SPEC.channels}`,
    ),
  )
  .addOption(
    real(
      "--fire-rate <chance>",
      "of a new rule: how likely a cell updates in a CA step",
      "a number above 0, at most 1",
      (chance) => chance > 0 && chance <= 1,
    ).default(undefined, `${DEFAULT_SPEC.fireRate}`),
  )
  .addOption(
    real("--angle <radians>", "by which a new rule's gradients are turned", "a number").default(
      undefined,
      `${DEFAULT_SPEC.angle}`,
    ),
  )
  .addOption(
    oneOf("--premultiplied <answer>", "whether a new rule's RGB is multiplied by alpha", YES_NO).default(
      undefined,
      DEFAULT_SPEC.premultiplied ? "yes" : "no",
    ),
  )
  .optionsGroup("What to grow:")
  .addOption(
    places("--seeds <places>", "where the pattern starts").default(
      undefined,
      "the cell of the picture nearest to the centre; one more in each other body",
    ),
  )
  .optionsGroup("The training:")
  .addOption(
    oneOf(
      "--recipe <name>",
      "usual values of the training and the damage, where no flag says otherwise: Distill's (distill), or those for a rule that heals (alive: regenerating, 9000 steps, batch 4, and more)",
      RECIPES,
    ).default(undefined, "distill"),
  )
  .optionsGroup(RUNNING)
  .addOption(whole("--checkpoint-seconds <number>", "how often the training's state is written").default(120))
  .addOption(resumeFlag())
  .addOption(forceFlag())
  .addOption(file("--preview <file>", "a .gif of the growth, written with every checkpoint and at the end"))
  .addOption(engineFlag());

export type TrainValues = ReturnType<(typeof trainFlags)["opts"]>;

/** What the flags say about the training; what they leave open is not there. */
export function optionsOf(values: TrainValues): GivenOptions {
  const { regime, steps, batch, fresh, replaced, rollout, learningRate, decay, average } = values;
  const { pool: poolSize, objective, damaged, woundBelow, damage, rngSeed, recipe } = values;
  const growth = { regime, steps, batch, poolSize, fresh, replaced, rollout, learningRate, decay, average };
  const options = { recipe, ...growth, objective, damaged, woundBelow, damage, rngSeed };
  const given = givenIn(options);
  return values.host ? { ...INFECTION_RECIPE, ...given } : given;
}

/** A new rule as the flags ask for it. */
export function newRule(values: TrainValues): Rule {
  const { perception, hidden, aliveMask, channels, fireRate, angle, premultiplied, rngSeed } = values;
  const straight = premultiplied && { premultiplied: premultiplied === "yes" };
  const spec = { perception, hidden, aliveMask, channels, fireRate, angle, ...straight };
  return createRule({ ...givenIn(spec), rngSeed });
}

/** The strains that are there before an infection comes: its host and, before a cure, the infection that took it. */
export async function strainsBefore(host: string, via: string | undefined): Promise<Strains> {
  const nca = await import("../../lib/node.js");
  const alone = nca.strainsOf(await nca.load(host));
  return via ? nca.withStrain(alone, await nca.load(via), nca.SPREAD) : alone;
}
