// A tile for a rule of the visitor's own.

import type { Target } from "../../cells/cells.js";
import { SPREAD } from "../../infection/infect.js";
import { targetFromPixels } from "../../io/target.js";
import { pictureOf, strainAt } from "../app/load.js";
import type { Catalogue, Offer, Origin, OwnRule } from "../offers.js";
import { type Scene, sceneOf } from "../scene.js";
import { touchSentence } from "../words.js";

/** The drawing of a rule on its grid. */
export function targetOf({ drawing, side, rule }: OwnRule): Target {
  const { size, data } = drawing;
  const { premultiplied } = rule.spec;
  const options = { size, padding: (side - size) >> 1, premultiplied };
  return targetFromPixels({ data, width: size, height: size }, options, "The drawing");
}

async function sceneOfOwn(own: OwnRule, catalogue: Catalogue): Promise<Scene> {
  const { name, rule, isInfection } = own;
  const strain = { name, rule, target: targetOf(own) };
  return sceneOf(name, isInfection ? [await strainAt(catalogue.host), strain] : [strain], SPREAD);
}

/** A tile for a rule with its drawing; `sentence` is what is said of it, if not the usual. */
export function offerOf(own: OwnRule, catalogue: Catalogue, origin: Origin, sentence?: string): Offer {
  const { name, isInfection } = own;
  const host = catalogue.host.name;
  const id = `${origin}:${name}`;
  return {
    id,
    origin,
    label: name,
    picture: pictureOf(targetOf({ ...own, side: own.drawing.size })),
    variants: [
      {
        id,
        label: isInfection ? `takes over the ${host}` : "grows",
        sentence: sentence ?? (isInfection ? touchSentence(host, name) : "Wound it, or plant more of it."),
        own,
        load: () => sceneOfOwn(own, catalogue),
      },
    ],
  };
}
