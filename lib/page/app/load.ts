// Loads what is offered: from files beside the page, or from the page itself where it is one file.

import type { Target } from "../../cells/cells.js";
import { FileError } from "../../cells/errors.js";
import { decodeRule } from "../../io/checkpoint.js";
import { TARGET_PADDING, TARGET_SIZE, targetFromPixels } from "../../io/target.js";
import { toRgba } from "../../view/frame.js";
import type { Catalogue, Offer, StrainFiles } from "../offers.js";
import { pixelsOf } from "../pixels.js";
import { type Scene, type SceneStrain, unpackScenes } from "../scene.js";
import { put } from "../stage/paint.js";
import { oneOf, touchSentence } from "../words.js";

async function bytesAt(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new FileError(`${address} could not be loaded: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Everything that was loaded, by its addresses: a rule is shared by many scenes. */
const strains = new Map<string, Promise<SceneStrain>>();

/** A strain of the site, loaded once. Throws FileError for files that cannot be had. */
export function strainAt(files: StrainFiles): Promise<SceneStrain> {
  const key = JSON.stringify(files);
  const known = strains.get(key) ?? loadStrain(files);
  strains.set(key, known);
  known.catch(() => strains.delete(key)); // the next try may be luckier
  return known;
}

async function loadStrain({ name, rule: address, picture }: StrainFiles): Promise<SceneStrain> {
  const [bytes, image] = await Promise.all([bytesAt(address), bytesAt(picture)]);
  const { rule } = decodeRule(bytes, address);
  const { premultiplied } = rule.spec;
  const options = { size: TARGET_SIZE, padding: TARGET_PADDING, premultiplied };
  return { name, rule, target: targetFromPixels(await pixelsOf(new Blob([image])), options, picture) };
}

/** The offers of a site. */
export function siteOffers({ offers }: Catalogue): Offer[] {
  return offers.map((offer) => ({
    ...offer,
    origin: "page",
    variants: offer.variants.map(({ strains, spread, isApart, ...variant }) => ({
      ...variant,
      load: async () => ({
        title: variant.id,
        strains: await Promise.all(strains.map(strainAt)),
        spread,
        isApart,
      }),
    })),
  }));
}

/** The offers of a page that is one file: a tile for each of its scenes. */
export function embeddedOffers(json: string): Offer[] {
  return unpackScenes(json).map((scene, i) => ({
    id: `${i}`,
    origin: "page",
    label: scene.title,
    picture: pictureOf(scene.strains[Math.min(1, scene.strains.length - 1)].target),
    variants: [{ id: `${i}`, label: scene.title, sentence: sentenceFor(scene), load: async () => scene }],
  }));
}

/** What to do with a scene, in a sentence. */
function sentenceFor({ strains, isApart }: Scene): string {
  const [host, other] = strains;
  if (!other || isApart) return `Wound the ${host.name}, and look.`;
  return touchSentence(host.name, oneOf(other.name));
}

/** A target as a picture's address. */
export function pictureOf(target: Target): string {
  const canvas = document.createElement("canvas");
  put(canvas, toRgba(target, { background: "transparent" }));
  return canvas.toDataURL();
}
