// SVG to pixels. In a notebook a chart is a PNG: GitHub, nbviewer and nbconvert strip an SVG down to bare text.

import { InvalidInputError } from "../cells/errors.js";
import { registerFont, SVG_FAMILY } from "./font.js";
import { type Background, WHITE } from "./frame.js";
import { canvas } from "./peers.js";
import { type Picture, paint } from "./sheet.js";

/** Sharp on a dense screen, not huge on another: a chart of 680 px becomes one of 850 px. */
const DENSITY = 1.25;

/**
 * An SVG as a PNG, on white unless told otherwise, its text in the project's font.
 *
 * @throws InvalidInputError for text that does not begin with <svg or cannot be drawn.
 */
export function rasterised(svg: string, density = DENSITY, background: Background = WHITE): Picture {
  if (!svg.startsWith("<svg")) {
    throw new InvalidInputError(
      `Expected SVG text that begins with <svg; got ${JSON.stringify(svg.slice(0, 40))}.`,
    );
  }
  registerFont(SVG_FAMILY);
  const { createCanvas, Image } = canvas();
  const image = new Image();
  image.src = Buffer.from(svg);
  const [width, height] = [Math.round(image.width * density), Math.round(image.height * density)];
  if (!(width > 0 && height > 0))
    throw new InvalidInputError("The SVG says no width and height that can be drawn.");
  const sheet = createCanvas(width, height);
  const context = sheet.getContext("2d");
  paint(context, background, width, height);
  context.drawImage(image, 0, 0, width, height);
  return { type: "image/png", bytes: sheet.toBuffer("image/png"), width, height };
}
