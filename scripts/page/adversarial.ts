// A lizard on the page that is reprogrammed: by adversaries among its cells, and by one matrix for all.

import { CHANGES, changedLizard, perturbed, type Rule } from "../../lib/core.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import type { OfferFiles, StrainFiles, VariantFiles } from "../../lib/page/offers.js";
import { model, targetNamed } from "../shared/models.js";
import type { Addresses } from "./catalogue.js";
import { chapterRule, type Put, pngOf } from "./chapters.js";

/** Empty cells around the lizard's picture. */
const MARGIN = 16;

/** A tile of the lizard; undefined where models/ has none of its rules. */
export async function adversarialOffer(put: Put, address: Addresses): Promise<OfferFiles | undefined> {
  const lizard = await targetNamed("lizard");
  const variants: VariantFiles[] = [];
  const strain = (name: string, file: string, rule: Rule, picture: string): StrainFiles => ({
    name,
    rule: put("rules/", `${file}.safetensors`, encodeRule(rule)),
    picture,
  });
  const shown = address.picture("lizard");
  const unperturbed = perturbed(await model("lizard-regenerating"));
  const host = strain("lizard", "lizard-unperturbed", unperturbed, shown);
  for (const change of CHANGES) {
    const becomes = { tailless: "it loses its tail", red: "it turns red" }[change];
    const picture = put("pictures/", `lizard-${change}.png`, pngOf(changedLizard(lizard, change), MARGIN));
    const adversaries = chapterRule(`lizard-${change}-adversaries`);
    if (adversaries)
      variants.push({
        id: `adversaries-${change}`,
        label: `${change}, by adversaries`,
        sentence: `Touch the lizard to put adversaries among its cells. They spread to no one, they only talk: ${becomes}.`,
        strains: [
          { name: "lizard", rule: address.rule("lizard-regenerating"), picture: shown },
          strain(`${change} adversary`, `lizard-${change}-adversaries`, adversaries, picture),
        ],
        spread: [
          [0, 0],
          [0, 0],
        ],
      });
    const matrix = chapterRule(`lizard-${change}-matrix`);
    if (matrix)
      variants.push({
        id: `matrix-${change}`,
        label: `${change}, by a matrix`,
        sentence: `Touch the lizard: every cell's state is multiplied by one matrix, and ${becomes}. Cure takes the matrix away.`,
        strains: [
          host,
          strain(`${change} lizard`, `lizard-${change}-matrix`, matrix, picture),
          { ...host, name: "lizard again" },
        ],
        spread: [
          [0, 0, 0],
          [1, 0, 0],
          [1, 1, 0],
        ],
      });
  }
  if (variants.length === 0) return undefined;
  return {
    id: "reprogrammed",
    label: "a lizard, reprogrammed",
    picture: shown,
    variants,
  };
}
