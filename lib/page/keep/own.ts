// The visitor's own rules among the tiles: those that the browser keeps, that a link brought, or that a file held.

import { FileError, InvalidInputError } from "../../cells/errors.js";
import { checkedFormat } from "../../io/picture/kind.js";
import { TARGET_PADDING, TARGET_SIZE } from "../../io/target.js";
import type { Rule } from "../../rule/rule.js";
import { toRgba } from "../../view/frame.js";
import type { Session } from "../app/session.js";
import { grownPicture } from "../grown-picture.js";
import type { Catalogue, OwnRule } from "../offers.js";
import { stageEngine } from "../stage/engine.js";
import { decodeLink } from "./link.js";
import { offerOf } from "./offer.js";
import { ownIn } from "./own-file.js";
import { keptRules } from "./shelf.js";

/** The largest file that is read as a rule, and the largest grid that one may name. */
const MOST_BYTES = 2 ** 26;
const MOST_SIDE = 256;

/** Puts a tile for a rule that the browser keeps among the others. */
export function offerKept(session: Session, catalogue: Catalogue, own: OwnRule): void {
  session.add(offerOf(own, catalogue, "kept"));
}

/** Tiles of everything that the browser keeps. */
export async function showKept(session: Session, catalogue: Catalogue): Promise<void> {
  for (const own of await keptRules()) offerKept(session, catalogue, own);
}

/** Shows the rule in a file: ours, one of the many that are read, or that of an automaton in a gif. Throws FileError for what holds no rule. */
export async function openRule(session: Session, catalogue: Catalogue, file: File): Promise<void> {
  if (file.size > MOST_BYTES) throw new FileError(`${file.name} is larger than 64 MB: it holds no rule.`);
  const { readModel } = await import("../../io/model.js");
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isPicture(bytes)) {
    const { openAnimation } = await import("./animation.js");
    if (await openAnimation(session, catalogue, file)) return;
    throw new FileError(
      `${file.name} is a picture. To draw from it, choose "Draw your own", then "Use a picture".`,
    );
  }
  const checkpoint = await readModel(bytes, file.name);
  const name = file.name.replace(/\.\w+$/, "");
  const own = ownIn(checkpoint, name) ?? (await grownOwn(checkpoint.rule, name));
  const offer = offerOf(own, catalogue, "file");
  session.add(offer);
  await session.choose(offer);
}

/** Whether these are the bytes of a picture. */
function isPicture(bytes: Uint8Array): boolean {
  try {
    checkedFormat(bytes, "");
    return true;
  } catch {
    return false;
  }
}

/** A rule that comes without a drawing, with what it grows. */
async function grownOwn(rule: Rule, name: string): Promise<OwnRule> {
  const side = Math.min(MOST_SIDE, rule.grid?.height ?? TARGET_SIZE + 2 * TARGET_PADDING);
  const grown = await grownPicture(rule, side, await stageEngine());
  const { data } = toRgba(grown, { background: "transparent" });
  return { name, rule, drawing: { size: side, data }, side, isInfection: false };
}

/** Shows what a link says; false where that cannot be, which the page then tells. */
export async function showShared(session: Session, catalogue: Catalogue, fragment: string): Promise<boolean> {
  try {
    const { own, offer: id, variant: variantId, ...setting } = decodeLink(fragment);
    const offer = own
      ? offerOf(own, catalogue, "link")
      : session.offers.value.find((one) => one.id === id && one.origin === "page");
    const variant = own ? offer?.variants[0] : offer?.variants.find((one) => one.id === variantId);
    if (!offer || !variant)
      throw new InvalidInputError(
        "This link shows a creature that is not here any more. Choose another below.",
      );
    if (own) session.add(offer);
    return await session.choose(offer, variant, setting);
  } catch (error) {
    session.tell(error);
    return false;
  }
}
