// What the tiles offer: creatures, each with what can happen to it. They come from files beside the page, or from the page
// itself where it is one file.

import type { Target } from "../../cells/cells.js";
import { decodeRule } from "../../io/checkpoint.js";
import { targetFromPixels } from "../../io/target.js";
import { toRgba } from "../../view/frame.js";
import type { SharedRule } from "../keep/link.js";
import { type Scene, type SceneStrain, unpackScenes } from "../scene.js";
import { put } from "../stage/paint.js";

/** One thing that can happen to a creature. */
export interface Variant {
  readonly id: string;
  /** Such as "becomes a lizard". */
  readonly label: string;
  /** The sentence under the title. */
  readonly sentence: string;
  /** How good it is, in words. */
  readonly facts?: string;
  /** The visitor's own rule, where it is one. */
  readonly own?: SharedRule;
  load(): Promise<Scene>;
}

export interface Offer {
  readonly id: string;
  readonly label: string;
  /** The address of a picture. */
  readonly picture: string;
  readonly variants: readonly Variant[];
}

/** What a site's catalogue says: addresses are relative to the page. */
export interface Catalogue {
  readonly offers: readonly {
    readonly id: string;
    readonly label: string;
    readonly picture: string;
    readonly variants: readonly (Omit<Variant, "load" | "own"> & {
      readonly spread: Scene["spread"];
      readonly isApart?: boolean;
      readonly strains: readonly { readonly name: string; readonly rule: string; readonly picture: string }[];
    })[];
  }[];
  /** The rule that a drawing is learned from. */
  readonly start: string;
  /** The scene that a drawing may take over, by its host's rule. */
  readonly host: { readonly name: string; readonly rule: string; readonly picture: string };
  /** What the story says in numbers, and where it leads to. */
  readonly facts: { readonly weights: string; readonly healing: string; readonly infection: string };
  readonly links: readonly { readonly label: string; readonly address: string }[];
}

/** Sides in cells of a shipped picture and of the empty space around it. */
const [SIZE, PADDING] = [40, 16];

async function bytesAt(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be loaded: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A picture's pixels as the browser decodes them. */
export async function pixelsOf(blob: Blob, most = Number.POSITIVE_INFINITY) {
  const image = await createImageBitmap(blob);
  const scale = Math.min(1, most / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function targetAt(address: string): Promise<Target> {
  const bytes = (await bytesAt(address)) as Uint8Array<ArrayBuffer>;
  return targetFromPixels(await pixelsOf(new Blob([bytes])), { size: SIZE, padding: PADDING }, address);
}

/** Everything that was loaded, by its address: a rule is shared by many scenes. */
const strains = new Map<string, Promise<SceneStrain>>();

export function strainAt(one: Catalogue["host"]): Promise<SceneStrain> {
  const key = `${one.name} ${one.rule} ${one.picture}`;
  const known = strains.get(key) ?? loadStrain(one);
  strains.set(key, known);
  known.catch(() => strains.delete(key)); // the next try may be luckier
  return known;
}

async function loadStrain({ name, rule, picture }: Catalogue["host"]): Promise<SceneStrain> {
  const [bytes, target] = await Promise.all([bytesAt(rule), targetAt(picture)]);
  return { name, rule: decodeRule(bytes, rule).rule, target };
}

/** The offers of a site. */
export function siteOffers({ offers }: Catalogue): Offer[] {
  return offers.map((offer) => ({
    ...offer,
    variants: offer.variants.map(({ strains, spread, isApart, ...variant }) => ({
      ...variant,
      load: async () => ({
        title: variant.label,
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
    label: scene.title,
    picture: pictureOf(scene.strains[Math.min(1, scene.strains.length - 1)].target),
    variants: [
      { id: `${i}`, label: scene.title, sentence: sentenceOf(scene), load: () => Promise.resolve(scene) },
    ],
  }));
}

/** What to do with a scene, in a sentence. */
export function sentenceOf({ strains }: Scene): string {
  const [host, other] = strains;
  return other ? `Touch the ${host.name}: it becomes a ${other.name}.` : `Wound the ${host.name}, and look.`;
}

/** A target as a picture's address. */
export function pictureOf(target: Target): string {
  const canvas = document.createElement("canvas");
  put(canvas, toRgba(target, { background: "transparent" }));
  return canvas.toDataURL();
}
