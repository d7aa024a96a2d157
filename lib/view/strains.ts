// Each cell's strain, as a tint over the picture.

import { type Cells, sampleOf } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { DEFAULT_SPEC, isMature, type RuleSpec } from "../rule/spec.js";
import { type Rgb, type Rgba, type RgbaOptions, toRgba } from "./frame.js";

/** Colours of the strains; the first, the host's, is never used as a tint. */
export const STRAIN_COLOURS: readonly Rgb[] = [
  [134, 142, 150],
  [224, 49, 49],
  [25, 113, 194],
  [156, 54, 181],
];
const OPACITY = 0.55;

export interface TintOptions extends RgbaOptions {
  /** A colour for each strain after the first, at index 1 and up; `STRAIN_COLOURS` if not given. */
  readonly colours?: readonly Rgb[];
}

/** A sample as `toRgba` draws it, with every mature cell tinted that is of a strain other than the first. */
export function tintedByStrain(cells: Cells, options: TintOptions = {}, spec: RuleSpec = DEFAULT_SPEC): Rgba {
  const { colours = STRAIN_COLOURS } = options;
  const image = toRgba(cells, options);
  const { data, channels, strains } = sampleOf(cells, options.sample ?? 0);
  strains?.forEach((strain, cell) => {
    if (strain === 0 || !isMature(spec, data[cell * channels + spec.aliveChannel])) return;
    for (let c = 0; c < 3; c++) {
      const at = cell * 4 + c;
      image.data[at] += OPACITY * (colours[strain][c] - image.data[at]);
    }
  });
  return image;
}

/** Images of one height in a row, left to right. */
export function sideBySide(images: readonly Rgba[]): Rgba {
  const [{ height }] = images;
  const odd = images.find((image) => image.height !== height);
  if (odd) {
    throw new InvalidInputError(
      `An image ${odd.height} px high beside one of ${height}; expected one height.`,
    );
  }
  const width = images.reduce((sum, image) => sum + image.width, 0);
  const data = new Uint8ClampedArray(width * height * 4);
  let left = 0;
  for (const image of images) {
    for (let row = 0; row < height; row++) {
      const from = row * image.width * 4;
      data.set(image.data.subarray(from, from + image.width * 4), (row * width + left) * 4);
    }
    left += image.width;
  }
  return { data, width, height };
}
