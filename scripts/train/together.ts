// Flags of a training that do not go together.

import { type TrainValues, trainFlags } from "../shared/train-flags.js";
import { UsageError } from "../shared/usage.js";

/** Flags that have no effect: with an existing rule, without a host, without a pool, where nothing is damaged. */
const SHAPE = [
  "perception",
  "hidden",
  "aliveMask",
  "channels",
  "fireRate",
  "angle",
  "premultiplied",
] as const;

const INFECTION_FLAGS = ["via", "spread", "also", "ages"] as const;
const POOL = ["pool", "fresh", "replaced", "damaged"] as const;
const WOUNDS = ["damage", "woundBelow"] as const;

/** Throws UsageError for flags that could have no effect. */
export function checkTogether(values: TrainValues): void {
  const idle = (keys: readonly (keyof TrainValues)[], why: string) => {
    const key = keys.find((key) => values[key] !== undefined);
    const option = trainFlags.options.find((option) => option.attributeName() === key);
    if (option) throw new UsageError(`${option.long} has no effect ${why}.`);
  };
  if (values.from) idle(SHAPE, "with --from: the rule is what it is");
  if (values.host) idle(SHAPE, "with --host: an infection is of its host's kind");
  if (values.host) idle(["recipe"], "with --host: an infection has its own");
  if (values.host) idle(["seeds"], "with --host: the host has grown already");
  if (!values.host) idle(INFECTION_FLAGS, "without --host");
  if (values.regime === "growing") idle(POOL, "with --regime growing, which has no pool");
  const wounds = values.regime === "regenerating" || (values.recipe === "alive" && !values.regime);
  if (!wounds && !values.damaged) idle(WOUNDS, "where nothing is wounded");
}
