// Puts a picture, a gif or a chart into the notebook, below the cell that runs, as an image that GitHub shows too.

import type { Gif } from "../view/gif.js";
import { rasterised } from "../view/raster.js";
import type { Picture } from "../view/sheet.js";
import { notebook } from "./kernel.js";
import type { Playground } from "./playground.js";

/** What `show` takes: a picture, a gif, a chart, the text of an SVG, or a playground. */
export type Showable = Picture | Gif | { svg(): string } | string | Playground;

/**
 * Shows things one below the other, a playground below its picture. Outside a tslab notebook it says in a line what it
 * would have shown, so that a notebook's cells run in a script as they are.
 *
 * @throws InvalidInputError for a string that is no SVG.
 */
export function show(...things: readonly Showable[]): void {
  const display = notebook()?.display;
  for (const thing of things) {
    const image = imageOf(thing);
    if (!display) {
      console.log(`${image.type}, ${image.width} x ${image.height} px, to be seen in a notebook`);
      continue;
    }
    if (image.type === "image/gif") display.gif(image.bytes);
    else display.png(image.bytes);
    if (typeof thing === "object" && "html" in thing) display.html(thing.html);
  }
}

function imageOf(thing: Showable): Picture | Gif {
  if (typeof thing === "string") return rasterised(thing);
  if ("svg" in thing) return rasterised(thing.svg());
  return "html" in thing ? thing.picture : thing;
}
