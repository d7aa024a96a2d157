// Emoji as SVG, from the optional package @iconify-json/noto (Noto Emoji by Google, Apache 2.0). Draws nothing, and takes
// no emoji of the system's font. Node only.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { FileError } from "../cells/errors.js";
import { quotable } from "./file-errors.js";

const PACKAGE = "@iconify-json/noto";
/** "Draw this as an emoji": the package's names of emoji leave it out. */
const VARIATION = "fe0f";
/** What emoji are made of: emoji, their parts, what joins them, and the letters of flags such as Scotland's. */
const EMOJI = /^(?:\p{Emoji}|\p{Emoji_Component}|\u200d|\ufe0f|[\u{e0020}-\u{e007f}])+$/u;

/** What is read of the package: the names by code points, and the drawings by name. */
interface Icons {
  readonly icons: Readonly<Record<string, { readonly body: string }>>;
  readonly width: number;
  readonly height: number;
}

/** Whether a text is one emoji or several, and no name of a file. */
export function isEmoji(text: string): boolean {
  return EMOJI.test(text) && /[^\x20-\x7e]/.test(text);
}

/** The code points as the package writes them: "1f469-1f3fd-200d-1f680", four digits at least. */
function codePoints(emoji: string): string {
  return Array.from(emoji, (character) => character.codePointAt(0)!.toString(16).padStart(4, "0"))
    .filter((point) => point !== VARIATION)
    .join("-");
}

/**
 * An emoji as the bytes of an SVG; with or without its variation selector, joined ones, skin tones and keycaps.
 *
 * @throws FileError where the package is not installed, or has no such emoji
 */
export async function loadEmoji(emoji: string): Promise<Uint8Array> {
  const names = await fileOfPackage<Record<string, string>>("chars.json", emoji);
  const name = Object.hasOwn(names, codePoints(emoji)) ? names[codePoints(emoji)] : undefined;
  if (name === undefined) throw unknown(emoji);
  const { icons, width, height } = await fileOfPackage<Icons>("icons.json", emoji);
  const spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  const svg = `<svg ${spaces} viewBox="0 0 ${width} ${height}">${icons[name].body}</svg>`;
  return new TextEncoder().encode(svg);
}

function unknown(emoji: string): FileError {
  const points = quotable(codePoints(emoji).toUpperCase().replaceAll("-", " "));
  const got = `There is no emoji ${quotable(emoji)} (${points}) in ${PACKAGE}`;
  const flag = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u.test(emoji) ? ", which has no flags of countries" : "";
  return new FileError(
    `${got}${flag}; expected one emoji. Write ./${quotable(emoji)} for a file of that name.`,
  );
}

async function fileOfPackage<Content>(file: string, emoji: string): Promise<Content> {
  const path = pathInPackage(file, emoji);
  return JSON.parse(await readFile(path, "utf8"));
}

function pathInPackage(file: string, emoji: string): string {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/${file}`);
  } catch {
    throw new FileError(`${quotable(emoji)} is drawn by the package ${PACKAGE}: npm install ${PACKAGE}`);
  }
}
