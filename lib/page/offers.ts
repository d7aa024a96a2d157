// What a page offers: creatures, each with what can happen to it. Types alone; they are loaded in app/load.ts.

import type { Rule } from "../rule/rule.js";
import type { Scene } from "./scene.js";

/** A drawing: RGBA in 8 bits, straight, [size, size, 4]. */
export interface Drawing {
  readonly size: number;
  readonly data: Uint8ClampedArray;
}

/** A rule of a visitor's own, with the drawing that it was learned from, or what it grows. */
export interface OwnRule {
  readonly name: string;
  readonly rule: Rule;
  readonly drawing: Drawing;
  /** Sides of the grid that the drawing stands in the middle of. */
  readonly side: number;
  /** Whether it takes over the page's host rather than growing from a seed. */
  readonly isInfection: boolean;
}

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
  readonly own?: OwnRule;
  load(): Promise<Scene>;
}

/** Whose an offer is: the page's, one that this browser keeps, or one that a link or a file brought. */
export type Origin = "page" | "kept" | "link" | "file";

export interface Offer {
  readonly id: string;
  readonly origin: Origin;
  readonly label: string;
  /** The address of a picture. */
  readonly picture: string;
  readonly variants: readonly Variant[];
}

/** A strain by the addresses of its files, relative to the page. */
export interface StrainFiles {
  readonly name: string;
  readonly rule: string;
  readonly picture: string;
}

/** A variant by its strains' files. */
export interface VariantFiles extends Omit<Variant, "load" | "own"> {
  readonly spread: Scene["spread"];
  readonly isApart?: boolean;
  readonly strains: readonly StrainFiles[];
}

/** An offer of the page's by the addresses of its files. */
export interface OfferFiles extends Omit<Offer, "origin" | "variants"> {
  readonly variants: readonly VariantFiles[];
}

/** What a site's page says about its files. */
export interface Catalogue {
  readonly offers: readonly OfferFiles[];
  /** The rule that a drawing is learned from. */
  readonly start: string;
  /** Whom a drawing may take over. */
  readonly host: StrainFiles;
  /** What the story says in numbers, and where it leads to. */
  readonly facts: { readonly weights: string; readonly healing: string; readonly infection: string };
  readonly links: readonly { readonly label: string; readonly address: string }[];
}
