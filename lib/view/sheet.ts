// Several images on one sheet, each with its caption. Pictures, filmstrips and channel views are sheets.

import type { SKRSContext2D } from "canvas";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { font, textWidth } from "./font.js";
import { type Background, type Rgba, WHITE } from "./frame.js";
import { canvas } from "./peers.js";

/** A still picture: PNG bytes, and its size in px. */
export interface Picture {
  readonly type: "image/png";
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Tile {
  readonly image: Rgba;
  readonly label?: string;
}

const MAX_COLUMNS = 8192;
const GAP_PX = 12;
const LABEL_PX = 13;
const LABEL_ROOM_PX = 20;
const ON_COLOUR = { ink: "#333333", frame: "#d8d8d8" };
/** Greys that are read on a light page and on a dark one. */
const ON_ANYTHING = { ink: "#768390", frame: "#8c959f80" };

/** Fills a canvas with the background, if that is a colour. */
export function paint(context: SKRSContext2D, background: Background, width: number, height: number): void {
  if (background === "transparent") return;
  context.fillStyle = `rgb(${background.join(", ")})`;
  context.fillRect(0, 0, width, height);
}

/** One image and nothing around it. */
export function png(image: Rgba): Picture {
  const { width, height } = image;
  const { createCanvas, ImageData } = canvas();
  const paper = createCanvas(width, height);
  paper.getContext("2d").putImageData(new ImageData(image.data, width, height), 0, 0);
  return { type: "image/png", bytes: paper.toBuffer("image/png"), width, height };
}

/**
 * Tiles row by row, in columns as wide as the widest image or caption, so that no caption is cut.
 *
 * @throws InvalidInputError if there is no tile or `columns` is not a whole number of at least 1.
 */
export function sheet(tiles: readonly Tile[], columns: number, background: Background = WHITE): Picture {
  if (tiles.length === 0) throw new InvalidInputError("There is nothing to draw: got no frames or samples.");
  checkInteger("columns", columns, 1, MAX_COLUMNS);
  const labelled = tiles.some((tile) => tile.label);
  const room = (tile: Tile) =>
    Math.max(tile.image.width + 2, Math.ceil(textWidth(tile.label ?? "", LABEL_PX)));
  const tileWidth = Math.max(...tiles.map(room));
  const imageHeight = Math.max(...tiles.map((tile) => tile.image.height)) + 2;
  const tileHeight = imageHeight + (labelled ? LABEL_ROOM_PX : 0);
  const across = Math.min(columns, tiles.length);
  const down = Math.ceil(tiles.length / across);
  const width = across * (tileWidth + GAP_PX) + GAP_PX;
  const height = down * (tileHeight + GAP_PX) + GAP_PX;

  const { createCanvas, ImageData } = canvas();
  const paper = createCanvas(width, height);
  const context = paper.getContext("2d");
  const { ink, frame } = background === "transparent" ? ON_ANYTHING : ON_COLOUR;
  paint(context, background, width, height);
  context.font = font(LABEL_PX);
  context.textAlign = "center";
  for (const [index, { image, label }] of tiles.entries()) {
    const left = GAP_PX + (index % across) * (tileWidth + GAP_PX);
    const top = GAP_PX + Math.floor(index / across) * (tileHeight + GAP_PX);
    const x = left + Math.floor((tileWidth - image.width) / 2);
    context.fillStyle = frame;
    context.fillRect(x - 1, top, image.width + 2, image.height + 2);
    context.putImageData(new ImageData(image.data, image.width, image.height), x, top + 1);
    context.fillStyle = ink;
    if (label) context.fillText(label, left + tileWidth / 2, top + imageHeight + LABEL_PX + 2);
  }
  return { type: "image/png", bytes: paper.toBuffer("image/png"), width, height };
}
