// The visitor's own rules among the tiles: those that the browser keeps, that a link brought, or that a file held.

import type { Target } from "../../cells/cells.js";
import { InvalidInputError } from "../../cells/errors.js";
import { SPREAD } from "../../infection/infect.js";
import { decodeRule } from "../../io/checkpoint.js";
import { targetFromPixels } from "../../io/target.js";
import { type Catalogue, type Offer, pictureOf, strainAt } from "../app/offers.js";
import type { Session } from "../app/session.js";
import { grownPicture, sceneOfRule } from "../own-scene.js";
import { type Scene, sceneOf } from "../scene.js";
import { decodeLink, type SharedRule } from "./link.js";
import { type KeptRule, keptRules } from "./shelf.js";

/** Offers that are not the page's own begin so. */
export const OWN = "own:";

export function targetOfDrawing({
  picture,
  size,
  side,
}: Pick<SharedRule, "picture" | "size" | "side">): Target {
  const pixels = { data: picture, width: size, height: size };
  return targetFromPixels(pixels, { size, padding: (side - size) >> 1 }, "The drawing");
}

async function sceneOfOwn(own: SharedRule, catalogue: Catalogue): Promise<Scene> {
  const { name, rule, isInfection } = own;
  const target = targetOfDrawing(own);
  if (!isInfection) return sceneOfRule(name, rule, target);
  const host = await strainAt(catalogue.host);
  return sceneOf(name, [host, { name, rule, target }], SPREAD);
}

/** A tile for a rule with its drawing. */
export function offerOf(own: SharedRule, catalogue: Catalogue): Offer {
  const { name, isInfection } = own;
  const host = catalogue.host.name;
  return {
    id: OWN + name,
    label: name,
    picture: pictureOf(targetOfDrawing(own)),
    variants: [
      {
        id: OWN + name,
        label: isInfection ? `takes over the ${host}` : "grows",
        sentence: isInfection ? `Touch the ${host}: it becomes ${name}.` : `Wound ${name}, plant more of it.`,
        own,
        load: () => sceneOfOwn(own, catalogue),
      },
    ],
  };
}

function sharedOf(kept: KeptRule): SharedRule {
  return { ...kept, rule: decodeRule(kept.rule, kept.name).rule };
}

/** Puts a tile among the others, in the place of one of the same name. */
export function addOffer(session: Session, offer: Offer): void {
  const others = session.offers.value.filter(({ id }) => id !== offer.id);
  session.offers.value = [...others, offer];
}

/** Tiles of everything that the browser keeps. */
export async function showKept(session: Session, catalogue: Catalogue): Promise<void> {
  for (const kept of await keptRules()) {
    try {
      addOffer(session, offerOf(sharedOf(kept), catalogue));
    } catch {
      // kept by a version whose rules are not read any more
    }
  }
}

/** Shows the rule in a file: ours, or one of the many that are read. Throws FileError for what holds no rule. */
export async function openRule(session: Session, file: File): Promise<void> {
  const { readModel } = await import("../../io/model.js");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { rule } = await readModel(bytes, file.name);
  const name = file.name.replace(/\.\w+$/, "");
  const target = await grownPicture(rule);
  const offer: Offer = {
    id: OWN + name,
    label: name,
    picture: pictureOf(target),
    variants: [
      {
        id: OWN + name,
        label: "grows",
        sentence: `Wound ${name}, plant more of it.`,
        load: () => sceneOfRule(name, rule, target),
      },
    ],
  };
  addOffer(session, offer);
  await session.choose(offer);
}

/** Shows what a link says. Throws InvalidInputError for one that is damaged, or a scene that is not here any more. */
export async function showShared(session: Session, catalogue: Catalogue, fragment: string): Promise<void> {
  const shared = decodeLink(fragment);
  const { stage, offers } = session;
  stage.rngSeed.value = shared.rngSeed;
  stage.side.value = shared.side;
  stage.turn.value = shared.turn ?? 0;
  const own = shared.own && offerOf(shared.own, catalogue);
  if (own) addOffer(session, own);
  const offer = own ?? offers.value.find(({ id }) => id === shared.offer);
  const variant = own ? own.variants[0] : offer?.variants.find(({ id }) => id === shared.variant);
  if (!offer || !variant)
    throw new InvalidInputError(
      "This link shows a creature that is not here any more. Choose another below.",
    );
  await session.choose(offer, variant);
}
