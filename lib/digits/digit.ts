// A drawn digit as cells: its ink is an input, which says which cells live; each of them is to find out which digit it
// is part of. Source: Randazzo et al., Self-classifying MNIST digits (Distill 2020).

import { ALPHA, type Cells, copyCells, emptyCells, RGBA } from "../cells/cells.js";
import { checkInteger, FileError, InvalidInputError } from "../cells/errors.js";
import { DEFAULT_SPEC, isMature, type RuleSpec } from "../rule/spec.js";

/** Sides of a digit, in cells. */
export const DIGIT_SIDE = 28;
export const LABELS = 10;
/** Where a cell says what it believes: ten channels, one for each digit; the largest counts. */
export const FIRST_LABEL = RGBA;

/** What a cell carries: RGB to show its belief, the ink as alpha, ten labels, and what cells tell each other. */
export const DIGIT_SPEC = {
  perception: "neighbourhood",
  channels: FIRST_LABEL + LABELS + 8,
  hidden: 112,
  inputs: [ALPHA],
  aliveReach: "cell",
  aliveMask: "pre",
} satisfies Partial<RuleSpec>;

/** A colour for each digit, RGB from 0 to 1, that can be told apart on light and on dark. */
export const LABEL_COLOURS = [
  [0.9, 0.16, 0.22],
  [0.96, 0.56, 0.1],
  [0.93, 0.83, 0.14],
  [0.5, 0.77, 0.16],
  [0.07, 0.6, 0.32],
  [0.1, 0.74, 0.76],
  [0.15, 0.5, 0.93],
  [0.36, 0.28, 0.86],
  [0.68, 0.33, 0.87],
  [0.94, 0.42, 0.71],
] as const;

/** A drawing and which digit it is. */
export interface Digit {
  /** How much ink is in each cell, 0 to 255, [28, 28]. */
  readonly ink: Uint8Array;
  /** 0 to 9. */
  readonly label: number;
}

/** Throws InvalidInputError unless these are digits, one at least. */
export function checkDigits(digits: readonly Digit[]): void {
  if (digits.length === 0) throw new InvalidInputError("There are no digits; expected one or more.");
  for (const { ink, label } of digits) {
    if (ink.length !== DIGIT_SIDE ** 2)
      throw new InvalidInputError(`A digit has ${ink.length} cells; expected ${DIGIT_SIDE} x ${DIGIT_SIDE}.`);
    checkInteger("A digit's label", label, 0, LABELS - 1);
  }
}

/** Digits whose cells know nothing yet, [digits.length, 28, 28, 22]. */
export function cellsOfDigits(digits: readonly Pick<Digit, "ink">[]): Cells {
  const cells = emptyCells(digits.length, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SPEC.channels);
  digits.forEach(({ ink }, i) => {
    ink.forEach((value, at) => {
      cells.data[(i * ink.length + at) * cells.channels + ALPHA] = value / 255;
    });
  });
  return cells;
}

/**
 * What each cell believes: 0 to 9, or -1 where there is no ink to speak of, or where the cell has said nothing yet and all
 * scores are 0: [count, height, width].
 */
export function beliefsOf({ data, channels }: Cells): Int8Array {
  return Int8Array.from({ length: data.length / channels }, (_, cell) => {
    const at = cell * channels;
    if (!isInk(data[at + ALPHA])) return -1;
    const scores = data.subarray(at + FIRST_LABEL, at + FIRST_LABEL + LABELS);
    if (scores.every((score) => score === 0)) return -1;
    let best = 0;
    for (let label = 1; label < LABELS; label++) if (scores[label] > scores[best]) best = label;
    return best;
  });
}

/** The cells in the colours of the labels that they believe, whatever colours they show themselves; black where they believe nothing. */
export function colouredByBelief(cells: Cells): Cells {
  const coloured = copyCells(cells);
  const { data, channels } = coloured;
  beliefsOf(cells).forEach((label, cell) => {
    const at = cell * channels;
    for (let colour = 0; colour < ALPHA; colour++)
      data[at + colour] = label < 0 ? 0 : LABEL_COLOURS[label][colour] * data[at + ALPHA];
  });
  return coloured;
}

/** Whether a cell has enough ink to live. */
export function isInk(alpha: number): boolean {
  return isMature(DEFAULT_SPEC, alpha);
}

const [IMAGES, LABEL_LIST] = [2051, 2049];

/**
 * The digits of a pair of MNIST's files, images and labels.
 *
 * @throws FileError for files of another kind, InvalidInputError for files that do not belong together
 */
export function readDigits(images: Uint8Array, labels: Uint8Array): Digit[] {
  const [count, height, width] = headOf(images, IMAGES, 3, "images");
  const [known] = headOf(labels, LABEL_LIST, 1, "labels");
  if (count !== known)
    throw new InvalidInputError(`There are ${count} images and ${known} labels; expected as many.`);
  if (height !== DIGIT_SIDE || width !== DIGIT_SIDE)
    throw new FileError(`The images are ${height} x ${width}; expected ${DIGIT_SIDE} x ${DIGIT_SIDE}.`);
  const area = height * width;
  const digits = Array.from({ length: count }, (_, i) => ({
    ink: images.subarray(16 + i * area, 16 + (i + 1) * area),
    label: labels[8 + i],
  }));
  checkDigits(digits);
  return digits;
}

/** The numbers at the beginning of such a file, which say how much follows. */
function headOf(bytes: Uint8Array, kind: number, dimensions: number, what: string): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 * (1 + dimensions);
  const head =
    bytes.length >= start ? Array.from({ length: 1 + dimensions }, (_, i) => view.getUint32(4 * i)) : [];
  const sizes = head.slice(1);
  if (head[0] !== kind || bytes.length !== start + sizes.reduce((a, b) => a * b, 1))
    throw new FileError(`These are no ${what} of MNIST; expected an idx${dimensions} file.`);
  return sizes;
}
