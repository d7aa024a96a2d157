// Packages that drawing alone needs, loaded when something is drawn: whoever only grows and trains installs none of them.

import { createRequire } from "node:module";
import { FileError } from "../cells/errors.js";

/** How each is installed. */
const INSTALL: Readonly<Record<string, string>> = {
  "@napi-rs/canvas": "@napi-rs/canvas@1",
  jsdom: "jsdom@29",
  "plotly.js": "plotly.js@npm:plotly.js-cartesian-dist-min@3",
  "@fontsource/dejavu-sans": "@fontsource/dejavu-sans@5",
};

const load = createRequire(import.meta.url);

/**
 * Where a package's file is, such as "jsdom", or the first that is there where it may lie in several places. Throws
 * FileError where the package is missing.
 */
export function peerFile(...paths: readonly [string, ...string[]]): string {
  const found = paths.map(placeOf).find((place) => place !== undefined);
  if (found !== undefined) return found;
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(paths[0])!;
  throw new FileError(
    `Drawing needs the package ${name}, which is not installed: npm install ${INSTALL[name]}`,
  );
}

function placeOf(path: string): string | undefined {
  try {
    return load.resolve(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The canvas that pictures are drawn on, by its own name or as "canvas". Throws FileError where neither is there. */
export function canvas(): typeof import("canvas") {
  try {
    return load("canvas");
  } catch {
    return load(peerFile("@napi-rs/canvas")); // or the canvas that is there is another one
  }
}

/** The document that charts are drawn in. Throws FileError where its package is missing. */
export function jsdom(): typeof import("jsdom") {
  return load(peerFile("jsdom"));
}
