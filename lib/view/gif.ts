// Moving pictures. gif-encoder-2 writes the file; its quantisers are not used: they see one frame at a time, so a cell
// that stands still changes colour from frame to frame (neuquant by up to 98 of 255) or white turns grey (octree). One
// palette over all frames does neither, and is written once instead of once a frame.

import GIFEncoder from "gif-encoder-2";
import { InvalidInputError } from "../cells/errors.js";
import {
  type CellGrid,
  checkFactor,
  checkScaledSize,
  enlarge,
  imageOf,
  type Rgba,
  type RgbaOptions,
  WHITE,
} from "./frame.js";
import { type Palette, paletteOf } from "./palette.js";

/** A gif that loops for ever: its bytes, and its size in px. */
export interface Gif {
  readonly type: "image/gif";
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface GifOptions extends RgbaOptions {
  /** Pixels a cell. */
  readonly scale?: number;
  /** Time of a frame. Gifs count in 10 ms, and browsers slow anything under 20 ms down to 100 ms. */
  readonly delayMs?: number;
  /** Time of the last frame before it starts again; `delayMs` by default. */
  readonly holdLastMs?: number;
}

const SHORTEST_DELAY_MS = 20;

/**
 * Frames of equal size as a gif. A frame is a cell state, or an image that is drawn as it is.
 *
 * @throws InvalidInputError if there is no frame, sizes differ, or a delay is shorter than 20 ms.
 */
export function gif(frames: readonly (CellGrid | Rgba)[], options: GifOptions = {}): Gif {
  const { scale: factor = 4, delayMs = 50, holdLastMs = delayMs, background = WHITE } = options;
  if (frames.length === 0) throw new InvalidInputError("a gif needs at least one frame, got none");
  for (const ms of [delayMs, holdLastMs]) {
    if (!(ms >= SHORTEST_DELAY_MS)) throw new InvalidInputError(`a frame lasts at least 20 ms, got ${ms} ms`);
  }
  checkFactor(factor);
  const images = frames.map((frame) => imageOf(frame, options));
  const { width, height } = images[0];
  const odd = images.find((image) => image.width !== width || image.height !== height);
  if (odd) {
    const got = `${width}x${height} and ${odd.width}x${odd.height}`;
    throw new InvalidInputError(`all frames of a gif have one size: got ${got}`);
  }
  checkScaledSize(images[0], factor);
  const encoder = new PaletteEncoder(paletteOf(images, background), images[0], factor);
  encoder.setRepeat(0);
  encoder.start();
  for (const [index, image] of images.entries()) {
    encoder.setDelay(index === images.length - 1 ? holdLastMs : delayMs);
    encoder.addFrame(image.data);
  }
  encoder.finish();
  return { type: "image/gif", bytes: encoder.out.getData(), width: encoder.width, height: encoder.height };
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
