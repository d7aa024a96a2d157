// Pictures as a browser decodes them: pixels, refused in a sentence where they cannot be.

import { InvalidInputError } from "../cells/errors.js";
import { checkedFormat } from "../io/picture/kind.js";
import type { Pixels } from "../io/picture/pixels.js";
import { promisedSize } from "../io/picture/size.js";

/** Larger files are refused. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_SIDE = 16_384;
/** A picture is drawn at this many pixels a side at most: no grid of the page has as many cells. */
const DRAWN = 1024;
/** Sides of an SVG that says none. */
const USUAL_SIDE = 256;

const WHERE = "This picture";

/** Checks what can be told before anything is decoded. */
async function check(blob: Blob): Promise<void> {
  if (blob.size > MOST_BYTES)
    throw new InvalidInputError("This file is larger than 64 MB. Shrink the picture first.");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const format = checkedFormat(bytes, WHERE);
  if (format !== "svg" && format !== "png") promisedSize(format, bytes, WHERE);
}

async function imageOf(blob: Blob): Promise<ImageBitmap | HTMLImageElement> {
  try {
    return await createImageBitmap(blob);
  } catch {
    const image = new Image(); // an SVG is decoded by this alone
    const address = URL.createObjectURL(blob);
    try {
      image.src = address;
      await image.decode();
      return image;
    } catch {
      throw new InvalidInputError(
        "This picture could not be read. Take a PNG, JPEG, WebP, GIF or SVG, or save it as one of these first.",
      );
    } finally {
      URL.revokeObjectURL(address);
    }
  }
}

/** Throws InvalidInputError or FileError for what is no picture, or one that is too large. */
export async function pixelsOf(blob: Blob): Promise<Pixels> {
  await check(blob);
  const image = await imageOf(blob);
  const [wide, high] = [image.width || USUAL_SIDE, image.height || USUAL_SIDE];
  if (Math.max(wide, high) > MOST_SIDE)
    throw new InvalidInputError(
      `This picture is ${wide} x ${high} pixels. Shrink it first, to ${MOST_SIDE} a side at most.`,
    );
  const scale = Math.min(1, DRAWN / Math.max(wide, high));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const pixels = drawn(side(wide), side(high), (context, width, height) => {
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, width, height);
  });
  if (image instanceof ImageBitmap) image.close();
  return pixels;
}

/** What is drawn on a canvas of these sides. */
export function drawn(
  width: number,
  height: number,
  draw: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void,
): Pixels {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  draw(context, width, height);
  return context.getImageData(0, 0, width, height);
}
