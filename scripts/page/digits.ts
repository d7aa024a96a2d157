// Digits on the page, whose cells find out what they are part of.

import { encode } from "fast-png";
import { type Digit, drawDigit, LABEL_COLOURS, Random } from "../../lib/core.js";
import { DIGIT_SIDE } from "../../lib/digits/digit.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import type { OfferFiles } from "../../lib/page/offers.js";
import type { SeededGrid } from "../../lib/rule/seeds.js";
import { chapterRule, type Put } from "./chapters.js";

/** Ink above this is a cell that is drawn. */
const INK = 128;
/** Sides of the grid, and how far from its middle two digits are. */
const [SIDE, APART] = [72, 15];

/** The cells of digits, each so far right of the middle. */
function inkOf(digits: readonly { readonly digit: Digit; readonly right: number }[]): SeededGrid {
  const seeds = digits.flatMap(({ digit, right }) =>
    [...digit.ink.keys()]
      .filter((cell) => digit.ink[cell] >= INK)
      .map((cell) => ({
        dx: (cell % DIGIT_SIDE) - (DIGIT_SIDE >> 1) + right,
        dy: Math.floor(cell / DIGIT_SIDE) - (DIGIT_SIDE >> 1),
      })),
  );
  return { height: SIDE, width: SIDE, seeds };
}

/** A digit in its colour, as PNG. */
function pictureOf({ ink, label }: Digit): Uint8Array {
  const colour = LABEL_COLOURS[label].map((value) => Math.round(255 * value));
  const data = new Uint8Array(ink.length * 4);
  ink.forEach((value, cell) => {
    data.set([...colour, value], cell * 4);
  });
  return encode({ width: DIGIT_SIDE, height: DIGIT_SIDE, data, channels: 4 });
}

/** A tile of digits; undefined where models/ has no rule for them. */
export function digitsOffer(put: Put): OfferFiles | undefined {
  const rule = chapterRule("digits");
  if (!rule) return undefined;
  const random = new Random(2);
  const [eight, four, two] = [8, 4, 2].map((label) => drawDigit(label, random));
  const picture = put("pictures/", "digits.png", pictureOf(eight));
  const variant = (id: string, label: string, sentence: string, grid: SeededGrid) => ({
    id,
    label,
    sentence,
    strains: [
      { name: "digit", rule: put("rules/", `${id}.safetensors`, encodeRule({ ...rule, grid })), picture },
    ],
    spread: [[0]],
  });
  return {
    id: "digits",
    label: "digits",
    picture,
    variants: [
      variant(
        "digits-one",
        "a digit",
        "Each cell asks its neighbours which digit they are. Plant draws ink, Wound erases it.",
        inkOf([{ digit: eight, right: 0 }]),
      ),
      variant(
        "digits-two",
        "two at once",
        "Two digits, each of one mind. What happens when you connect them?",
        inkOf([
          { digit: four, right: -APART },
          { digit: two, right: APART },
        ]),
      ),
    ],
  };
}
