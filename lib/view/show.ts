// Puts a picture, a gif or a chart into the notebook, below the cell that runs, as an image that GitHub shows too.

import type { Gif } from "./gif.js";
import { notebook } from "./notebook.js";
import { rasterised } from "./raster.js";
import type { Picture } from "./sheet.js";

/** What `show` takes: a picture, a gif, a chart, or the text of an SVG. */
export type Showable = Picture | Gif | { svg(): string } | string;

/**
 * Shows things one below the other. Outside a tslab notebook it says in a line what it would have shown, so that a
 * notebook's cells run in a script as they are.
 *
 * @throws InvalidInputError for a string that is no SVG.
 */
export function show(...things: readonly Showable[]): void {
  const display = notebook()?.display;
  for (const image of things.map(imageOf)) {
    if (!display) console.log(`${image.type}, ${image.width} x ${image.height} px, to be seen in a notebook`);
    else if (image.type === "image/gif") display.gif(image.bytes);
    else display.png(image.bytes);
  }
}

function imageOf(thing: Showable): Picture | Gif {
  if (typeof thing === "string") return rasterised(thing);
  return "svg" in thing ? rasterised(thing.svg()) : thing;
}
