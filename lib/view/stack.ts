// Pictures one below the other on white, with a line of text: what is shown while a rule learns.

import type { Image } from "canvas";
import { font } from "./font.js";
import { canvas } from "./peers.js";
import type { Picture } from "./sheet.js";

const TEXT_PX = 15;
const LINE_PX = 26;
const GAP_PX = 8;
const INK = "#333333";

function imageOf({ bytes }: Picture): Image {
  const image = new (canvas().Image)();
  image.src = Buffer.from(bytes);
  return image;
}

/** The pictures from top to bottom, each in the middle, below a line of text where there is one. */
export function stacked(pictures: readonly Picture[], line = ""): Picture {
  const room = line === "" ? 0 : LINE_PX;
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = room + pictures.reduce((sum, picture) => sum + picture.height + GAP_PX, 0);
  const sheet = canvas().createCanvas(width, height);
  const context = sheet.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.fillStyle = INK;
  context.font = font(TEXT_PX);
  context.textAlign = "center";
  if (line !== "") context.fillText(line, width / 2, LINE_PX - GAP_PX);
  let top = room;
  for (const picture of pictures) {
    context.drawImage(imageOf(picture), Math.floor((width - picture.width) / 2), top);
    top += picture.height + GAP_PX;
  }
  return { type: "image/png", bytes: sheet.toBuffer("image/png"), width, height };
}
