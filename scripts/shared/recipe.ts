// The flags of npm run train, what they ask for, and the command that says so again.

import * as nca from "../../lib/index.js";
import {
  type Flags,
  MODEL_FILES,
  oneOf,
  parseCommand,
  positiveNumber,
  quoted,
  UsageError,
  unquoted,
  type Values,
  wholeNumber,
} from "./command.js";
import { sizeFlags } from "./target.js";

/** Flags that have no effect: with a rule that is there, without a host, without a pool, where nothing is wounded. */
const SHAPE = ["perception", "hidden", "alive-mask"] as const;
const INFECTION_FLAGS = ["via", "spread"] as const;
const POOL = ["pool", "fresh", "replaced", "damaged"] as const;
const WOUNDS = ["damage", "wound-below"] as const;

type Recipe = Partial<Record<keyof nca.TrainingOptions, unknown>>;

/** What an option is where it is not given, as one would write it, and of an infection where that is other. */
function usual(option: keyof nca.TrainingOptions): string {
  const [growth, infection] = [nca.RECIPE, nca.INFECTION_RECIPE].map((recipe: Recipe) =>
    text(recipe[option]),
  );
  return growth === infection || infection === ""
    ? `(${growth})`
    : `(${growth}, of an infection ${infection})`;
}

function choice(names: readonly string[], option: keyof nca.TrainingOptions): string {
  return `${names.join(", ")} ${usual(option)}`;
}

/** [64, 95] as 64:95, [[2000, 0.1], [7000, 0.5]] as 2000:0.1,7000:0.5. */
function text(value: unknown): string {
  if (!Array.isArray(value)) return `${value ?? ""}`;
  return value.map(text).join(Array.isArray(value[0]) ? "," : ":");
}

/** A flag that is not given is "": then the recipe decides, that of growth or that of an infection. */
export const trainFlags = {
  target: { help: "the PNG to grow" },
  out: { help: "where the rule goes, a .safetensors file" },
  from: {
    help: `a rule to start from instead of a new one, ${MODEL_FILES}; the same file as --out for another stage`,
    value: "",
  },
  host: { help: "the rule that it infects: then it is an infection, from the host's weights on", value: "" },
  via: { help: "an infection that has taken the host before: then it is a cure", value: "" },
  spread: { help: `how likely an infected cell infects one beside it, a CA step (${nca.SPREAD})`, value: "" },
  regime: { help: choice(nca.REGIMES, "regime"), value: "" },
  steps: { help: `training steps ${usual("steps")}`, value: "" },
  "rng-seed": { help: "starts all randomness", value: "0" },
  "learning-rate": { help: `of the first step ${usual("learningRate")}`, value: "" },
  decay: { help: `its factors, from a training step on, as STEP:FACTOR,... ${usual("decay")}`, value: "" },
  average: {
    help: "how much each step keeps of the weights' running mean, which comes out (0: none)",
    value: "",
  },
  ...sizeFlags,
  batch: { help: `samples a training step ${usual("batch")}`, value: "" },
  pool: { help: `samples in the pool ${usual("poolSize")}`, value: "" },
  fresh: { help: `samples of each batch replaced by fresh ones ${usual("fresh")}`, value: "" },
  replaced: { help: `which these are: ${choice(nca.REPLACED, "replaced")}`, value: "" },
  rollout: { help: `CA steps of a rollout, LOW:HIGH ${usual("rollout")}`, value: "" },
  objective: {
    help: `what is made small of the samples' losses: ${choice(nca.OBJECTIVES, "objective")}`,
    value: "",
  },
  damage: { help: `wounds of a regenerating training: ${choice(nca.DAMAGES, "damage")}`, value: "" },
  damaged: { help: "samples of each batch that are wounded (3 of a regenerating training)", value: "" },
  "wound-below": { help: "a sample is wounded only when its log loss is below this", value: "" },
  perception: { help: `of a new rule: ${nca.PERCEPTIONS.join(", ")}`, value: "" },
  hidden: { help: "units of a new rule's hidden layer (128)", value: "" },
  "alive-mask": { help: `of a new rule: ${nca.ALIVE_MASKS.join(", ")}`, value: "" },
  "checkpoint-seconds": { help: "how often the training's state is written", value: "120" },
  resume: { help: "go on where an earlier run of the same command stopped", value: false },
} as const;

/** Flags that change nothing about the weights that come out. */
const NO_RECIPE = ["checkpoint-seconds", "resume"];

export type TrainValues = Values<typeof trainFlags>;

/** Between the commands of a rule's stages. */
export const STAGE = " && ";

/** The commands that made a rule, from its notes: one a stage, none if they don't say. */
export function stagesOf(command: string | undefined): string[] {
  return command ? command.split(STAGE) : [];
}

const COMMAND = "npm run train --";
const COMMAND_WORDS = COMMAND.split(" ").length;

/** The command that makes the file again: the flags that are given, in a fixed order. */
export function commandOf(values: TrainValues): string {
  const given = Object.entries(trainFlags as Flags).filter(([flag, { value }]) => {
    return !NO_RECIPE.includes(flag) && values[flag as keyof TrainValues] !== value;
  });
  const texts = given.map(([flag]) => {
    const value = `${values[flag as keyof TrainValues]}`;
    return `--${flag}${value.startsWith("-") ? "=" : " "}${quoted(value)}`; // "-3" alone would be a flag
  });
  return `${COMMAND} ${texts.join(" ")}`;
}

/** The flags of a command that `commandOf` made. Throws UsageError for a text that is none. */
export function valuesOf(command: string): TrainValues {
  const words = [...command.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) => unquoted(word));
  const given = command.startsWith(COMMAND) && parseCommand(trainFlags, words.slice(COMMAND_WORDS));
  if (given) return given.values;
  throw new UsageError(`"${command}" is no command that trains a rule; expected ${COMMAND} and its flags.`);
}

/** "2000:0.1,7000:0.5" as pairs. */
function decayOf(text: string): [number, number][] {
  return text
    .split(",")
    .filter(Boolean)
    .map((pair) => {
      const [step, factor, ...rest] = pair.split(":");
      if (factor === undefined || rest.length > 0) {
        throw new UsageError(`--decay has "${pair}"; expected STEP:FACTOR, such as 2000:0.1.`);
      }
      return [wholeNumber("decay", step), positiveNumber("decay", factor)];
    });
}

function averageOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0 && number < 1) return number;
  throw new UsageError(`--average is "${text}"; expected a number from 0 to below 1, such as 0.998.`);
}

function logLossOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  throw new UsageError(`--wound-below is "${text}"; expected a log loss, such as -3.`);
}

/** What the flags say of the training; what they leave open is undefined. */
export function optionsOf(values: TrainValues): Partial<nca.TrainingOptions> {
  const given = <T>(text: string, parse: (text: string) => T) => (text === "" ? undefined : parse(text));
  const whole = (flag: string, low: number) => (text: string) => wholeNumber(flag, text, low);
  const options = {
    regime: given(values.regime, (text) => oneOf("regime", text, nca.REGIMES)),
    steps: given(values.steps, whole("steps", 1)),
    batch: given(values.batch, whole("batch", 1)),
    poolSize: given(values.pool, whole("pool", 1)),
    fresh: given(values.fresh, whole("fresh", 0)),
    replaced: given(values.replaced, (text) => oneOf("replaced", text, nca.REPLACED)),
    rollout: given(values.rollout, (text) => rangeOf("rollout", text, 1)),
    learningRate: given(values["learning-rate"], (text) => positiveNumber("learning-rate", text)),
    decay: given(values.decay, decayOf),
    average: given(values.average, (text) => averageOf(text)),
    damaged: given(values.damaged, whole("damaged", 0)),
    objective: given(values.objective, (text) => oneOf("objective", text, nca.OBJECTIVES)),
    woundBelow: given(values["wound-below"], logLossOf),
    damage: given(values.damage, (text) => oneOf("damage", text, nca.DAMAGES)),
    rngSeed: wholeNumber("rng-seed", values["rng-seed"]),
  };
  const known = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return values.host ? { ...nca.INFECTION_RECIPE, ...known } : known;
}

/** "64:95" as its two ends; "64" alone is both. */
export function rangeOf(flag: string, text: string, low = 0): [number, number] {
  const [from, to = from, ...rest] = text.split(":");
  if (rest.length > 0) throw new UsageError(`--${flag} is "${text}"; expected LOW:HIGH, such as 64:95.`);
  const range: [number, number] = [wholeNumber(flag, from, low), wholeNumber(flag, to, low)];
  if (range[0] > range[1]) throw new UsageError(`--${flag} is "${text}"; expected the lower end first.`);
  return range;
}

/** Throws UsageError for flags that could have no effect. */
export function checkTogether(values: TrainValues): void {
  const idle = (names: readonly (keyof TrainValues)[], why: string) => {
    const name = names.find((name) => values[name] !== "");
    if (name) throw new UsageError(`--${name} has no effect ${why}.`);
  };
  if (values.from) idle(SHAPE, "with --from: the rule is what it is");
  if (values.host) idle(SHAPE, "with --host: an infection is of its host's kind");
  if (!values.host) idle(INFECTION_FLAGS, "without --host");
  if (values.regime === "growing") idle(POOL, "with --regime growing, which has no pool");
  if (values.regime !== "regenerating" && !(Number(values.damaged) > 0))
    idle(WOUNDS, "where nothing is wounded");
}

/** A new rule as the flags want it. */
export function newRule(values: TrainValues): nca.Rule {
  return nca.createRule({
    ...(values.perception && { perception: oneOf("perception", values.perception, nca.PERCEPTIONS) }),
    ...(values.hidden && { hidden: wholeNumber("hidden", values.hidden, 1, nca.MAX_HIDDEN) }),
    ...(values["alive-mask"] && { aliveMask: oneOf("alive-mask", values["alive-mask"], nca.ALIVE_MASKS) }),
    rngSeed: wholeNumber("rng-seed", values["rng-seed"]),
  });
}

/** The strains that are there before an infection comes: its host, and the infection that took it before a cure. */
export async function strainsBefore(host: string, via: string): Promise<nca.Strains> {
  const alone = nca.strainsOf(await nca.load(host));
  return via ? nca.withStrain(alone, await nca.load(via), nca.SPREAD) : alone;
}
