// Textures on the page: cloth that weaves and mends itself, and two that share it.

import { type Rule, seedFor, stateAt, type TextureName } from "../../lib/core.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import type { OfferFiles } from "../../lib/page/offers.js";
import { chapterRule, type Put, pngOf } from "./chapters.js";

/** Sides of what stands for a texture, and CA steps after which it is drawn. */
const [SIDE, WOVEN] = [16, 600];
/** The textures whose rules weave what their pictures show. */
const CHOSEN: readonly TextureName[] = ["bricks", "scales", "stripes", "dots"];

interface Shown {
  readonly name: string;
  readonly rule: string;
  readonly picture: string;
}

async function shown(name: string, rule: Rule, put: Put): Promise<Shown> {
  const cloth = await stateAt(rule, seedFor(rule, { height: SIDE, width: SIDE }), WOVEN);
  return {
    name,
    rule: put("rules/", `texture-${name}.safetensors`, encodeRule(rule)),
    picture: put("pictures/", `texture-${name}.png`, pngOf(cloth)),
  };
}

/** A tile of textures; undefined where models/ has fewer than two. */
export async function texturesOffer(put: Put): Promise<OfferFiles | undefined> {
  const all: Shown[] = [];
  for (const name of CHOSEN) {
    const rule = chapterRule(`texture-${name}`);
    if (rule) all.push(await shown(name, rule, put));
  }
  if (all.length < 2) return undefined;
  const [first, second] = all;
  return {
    id: "textures",
    label: "textures",
    picture: first.picture,
    variants: [
      ...all.map((strain) => ({
        id: `texture-${strain.name}`,
        label: strain.name,
        sentence: "Nobody tells a cell where it is. Wound the cloth: plant it anew, and it is woven again.",
        strains: [strain],
        spread: [[0]],
      })),
      {
        id: "textures-two",
        label: "two on one cloth",
        sentence: `Paint ${second.name} on the ${first.name}, by touch. Neither takes over the other.`,
        strains: [first, second],
        spread: [
          [0, 0],
          [0, 0],
        ],
      },
    ],
  };
}
