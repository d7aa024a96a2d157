// Moving pictures. gif-encoder-2 writes the file; its quantisers are not used: they see one frame at a time, so a cell
// that does not change still changes colour from frame to frame (neuquant by up to 98 of 255) or white turns grey
// (octree). One palette over all frames does neither, and is written once instead of once per frame.

import GIFEncoder from "gif-encoder-2";
import type { Cells } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import {
  checkFactor,
  checkScaledSize,
  enlarge,
  imageOf,
  type Rgba,
  type RgbaOptions,
  scale,
  WHITE,
} from "./frame.js";
import { type Palette, paletteOf } from "./palette.js";
import { type Picture, png } from "./sheet.js";

/** A gif that loops for ever: its bytes, and its size in px. */
export interface Gif {
  readonly type: "image/gif";
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The last frame as a picture, for where gifs are not shown. */
  readonly last: Picture;
}

export interface GifOptions extends RgbaOptions {
  /** Pixels per cell. */
  readonly scale?: number;
  /** Duration of a frame. Gifs count in units of 10 ms, and browsers slow anything under 20 ms down to 100 ms. */
  readonly delayMs?: number;
  /** Duration of the last frame, before the gif starts again; `delayMs` by default. */
  readonly holdLastMs?: number;
}

const SHORTEST_DELAY_MS = 20;

/**
 * Frames of equal size as a gif. A pixel of a gif is there or not: on a transparent background those less than half
 * opaque are not. A frame is a cell state, or an image that is drawn as it is. Frames are taken one at a
 * time, and only the image of each is kept.
 *
 * @throws InvalidInputError if there is no frame, sizes differ, or a delay is shorter than 20 ms.
 */
export function gif(frames: Iterable<Cells | Rgba>, options: GifOptions = {}): Gif {
  const { scale: factor = 4, delayMs = 50, holdLastMs = delayMs, background = WHITE } = options;
  for (const ms of [delayMs, holdLastMs]) {
    if (!(ms >= SHORTEST_DELAY_MS))
      throw new InvalidInputError(`A frame lasts ${ms} ms; expected ${SHORTEST_DELAY_MS} at least.`);
  }
  checkFactor(factor);
  const images: Rgba[] = [];
  for (const frame of frames) {
    const image = imageOf(frame, options);
    checkScaledSize(image, factor);
    images.push(image);
    const [{ width, height }] = images;
    if (image.width === width && image.height === height) continue;
    const got = `${width}x${height} and ${image.width}x${image.height}`;
    throw new InvalidInputError(`All frames of a gif have one size; got ${got}.`);
  }
  if (images.length === 0) throw new InvalidInputError("A gif needs at least one frame; got none.");
  const encoder = new PaletteEncoder(paletteOf(images, background), images[0], factor);
  // the palette's first entry is what is behind the cells
  if (background === "transparent") encoder.transparent = encoder.transIndex = 0;
  encoder.setRepeat(0);
  encoder.start();
  for (const [index, image] of images.entries()) {
    encoder.setDelay(index === images.length - 1 ? holdLastMs : delayMs);
    encoder.addFrame(image.data);
  }
  encoder.finish();
  return {
    type: "image/gif",
    bytes: encoder.out.getData(),
    width: encoder.width,
    height: encoder.height,
    last: png(scale(images[images.length - 1], factor)),
  };
}

type Size = Pick<Rgba, "width" | "height">;

/** gif-encoder-2 for small frames that it writes enlarged, with a given palette written once for the whole file. */
class PaletteEncoder extends GIFEncoder {
  readonly #palette: Palette;
  readonly #size: Size;
  readonly #factor: number;

  constructor(palette: Palette, size: Size, factor: number) {
    super(size.width * factor, size.height * factor);
    this.#palette = palette;
    this.#size = size;
    this.#factor = factor;
    this.colorTab = palette.colours;
    this.colorDepth = 8;
  }

  override analyzePixels(): void {
    const indices = this.#palette.indices({ ...this.#size, data: this.image });
    const pixels = new Uint8Array(this.width * this.height);
    this.indexedPixels = enlarge(indices, pixels, this.#size.width, this.#factor);
  }

  override writeImageDesc(): void {
    const { firstFrame } = this;
    this.firstFrame = true; // a frame without a palette of its own
    super.writeImageDesc();
    this.firstFrame = firstFrame;
  }

  override writePalette(): void {
    if (this.firstFrame) super.writePalette();
  }
}
