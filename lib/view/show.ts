// Puts a picture, a gif or a chart into the notebook, below the cell that runs, as an image that GitHub shows too.

import { NcaError } from "../rule/errors.js";
import type { Gif } from "./gif.js";
import { notebook } from "./notebook.js";
import { rasterised } from "./raster.js";
import type { Picture } from "./sheet.js";

/** What `show` takes: a picture, a gif, a chart, or the text of an SVG. */
export type Showable = Picture | Gif | { svg(): string } | string;

/**
 * Shows things one below the other.
 *
 * @throws NcaError outside a tslab notebook; InvalidInputError for a string that is no SVG.
 */
export function show(...things: readonly Showable[]): void {
  const display = notebook()?.display;
  if (!display) {
    throw new NcaError(
      "show works in a tslab notebook; in a script, write picture.bytes or chart.svg() to a file",
    );
  }
  for (const thing of things) {
    if (typeof thing === "string") display.png(rasterised(thing).bytes);
    else if ("svg" in thing) display.png(rasterised(thing.svg()).bytes);
    else if (thing.type === "image/gif") display.gif(thing.bytes);
    else display.png(thing.bytes);
  }
}
