// The rules whose CA steps other tools compute as well, and how many steps.
import { load } from "../../lib/io/load.js";
import { asNeighbourhood } from "../../lib/rule/convolution.js";

/** States of a growth after which one step is compared. */
export const STATES = 100;
/** CA steps that are compared at their end. */
export const KEPT_STEPS = 96;
export const lizard = await load("models/lizard.safetensors");
export const learned = asNeighbourhood(await load("models/bird-regenerating.safetensors"));
export const STEPPED = [
  ["the lizard's, with fixed filters", lizard],
  ["a learned convolution's", learned],
] as const;
