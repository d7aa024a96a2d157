// Makes an SVG ready to be drawn at a chosen size. Refuses one that needs anything outside of itself: no link is ever
// followed, no entity expanded, no style sheet fetched. Draws nothing.
// Source: "Scalable Vector Graphics (SVG) 2", https://www.w3.org/TR/SVG2/.
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import { rootStart, SVG_ROOT, xmlText } from "./svg-text.js";

/** The longest SVG that is drawn: far above any drawing that is told by its paths. */
export const MAX_SVG_BYTES = 16 * 2 ** 20;
/** The size of an SVG that says none, in a browser. */
const USUAL = { width: 300, height: 150 };
/** How long a unit is, in px of 1/96 inch. */
const UNITS: Record<string, number> = {
  ...{ "": 1, px: 1, pt: 4 / 3, pc: 16, in: 96 },
  ...{ cm: 96 / 2.54, mm: 9.6 / 2.54, q: 2.4 / 2.54 },
};

/**
 * An SVG as text whose longest side is `side` px: what it says of its size, or its viewBox, gives the proportions.
 *
 * @throws FileError for one that is broken, too long, has entities, or links to anything outside of itself
 */
export function drawableSvg(bytes: Uint8Array, side: number, where: string): string {
  if (bytes.length > MAX_SVG_BYTES) {
    const most = `expected at most ${MAX_SVG_BYTES}`;
    throw new FileError(
      `${where} is too large: an SVG of ${bytes.length} bytes, ${most}. Convert it to PNG first.`,
    );
  }
  const text = xmlText(bytes);
  if (text === undefined) throw broken(where, "it is no text in the encoding that it claims");
  if (text.includes("<!ENTITY")) {
    throw new FileError(
      `${where} is an SVG with entities of its own (<!ENTITY>), which are not expanded. ${ADVICE}`,
    );
  }
  if (text.includes("<?xml-stylesheet")) throw linked(where, "<?xml-stylesheet");
  const bare = withoutComments(text.slice(Math.max(0, rootStart(text))));
  checkLinks(bare, where);
  SVG_ROOT.lastIndex = 0;
  const end = tagEnd(bare);
  if (!SVG_ROOT.test(bare) || end < 0) throw broken(where, "it has no <svg> element");
  return sized(bare.slice(0, end), side, where) + bare.slice(end);
}

const ADVICE = "Save it as plain SVG with everything inside, or convert it to PNG.";

function broken(where: string, why: string): FileError {
  return new FileError(`${where} is a broken SVG: ${why}. Save it again, or convert it to PNG.`);
}

function linked(where: string, link: string): FileError {
  return new FileError(
    `${where} is an SVG that needs another file: "${quotable(link)}" is never fetched. ${ADVICE}`,
  );
}

function withoutComments(text: string): string {
  return text
    .split("<!--")
    .map((part, i) =>
      i === 0 ? part : part.slice(part.indexOf("-->") < 0 ? part.length : part.indexOf("-->") + 3),
    )
    .join("");
}

/** A tag's name, a link, a reference in a style, an import: in this order in the groups. */
const LINK = /<([^\s<>/]*)|\bhref\s*=\s*(["']?)\s*|\burl\(\s*(?:["']|&quot;|&apos;|&#3[49];)?\s*|@import/gi;
/** What a picture may refer to: a part of itself, or data within itself. */
const WITHIN = /(?:#|data:)/iy;

/** Throws FileError for a link to anything outside; where a hyperlink (<a>) leads is nothing to draw. */
function checkLinks(text: string, where: string): void {
  let element = "";
  for (const { 0: found, 1: tag, 2: quote, index } of text.matchAll(LINK)) {
    if (tag !== undefined) {
      element = tag.replace(/^.*:/, "");
      continue;
    }
    const at = index + found.length;
    WITHIN.lastIndex = at;
    const isEmpty = quote !== undefined && quote !== "" && text[at] === quote;
    const isHyperlink = quote !== undefined && element === "a";
    if (!isEmpty && !isHyperlink && !WITHIN.test(text)) throw linked(where, text.slice(index, index + 200));
  }
}

/** Where the first tag's content ends: at ">" or "/>" outside of quotes; -1 where it does not. */
function tagEnd(text: string): number {
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote) quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return text[at - 1] === "/" ? at - 1 : at;
  }
  return -1;
}

/** The root's tag with the size that it is drawn at, and a viewBox. */
function sized(tag: string, side: number, where: string): string {
  const [, width = "", height = "", viewBox] = ["", "width", "height", "viewBox"].map(
    (name) => name && attribute(tag, name),
  );
  const box = viewBox === undefined ? undefined : boxOf(viewBox, where);
  const [w, h] = [lengthOf(width), lengthOf(height)];
  const says =
    w && h ? { width: w, height: h } : (box ?? { ...USUAL, ...(w && { width: w }), ...(h && { height: h }) });
  const scale = side / Math.max(says.width, says.height);
  const px = (length: number) => Math.max(1, Math.round(length * scale));
  const plain = ["width", "height"].reduce((rest, name) => rest.replace(attributePattern(name), " "), tag);
  const view = box ? "" : ` viewBox="0 0 ${says.width} ${says.height}"`;
  return `${plain} width="${px(says.width)}" height="${px(says.height)}"${view}`;
}

function attributePattern(name: string): RegExp {
  return new RegExp(`\\s${name}\\s*=\\s*("[^"]*"|'[^']*')`);
}

function attribute(tag: string, name: string): string | undefined {
  return attributePattern(name).exec(tag)?.[1].slice(1, -1);
}

/** A length in px; undefined for none, a share, or what depends on a font. */
function lengthOf(text: string): number | undefined {
  const [, digits, unit] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const px = Number(digits) * (UNITS[unit?.toLowerCase()] ?? Number.NaN);
  return px > 0 && px < MAX_LENGTH ? px : undefined;
}
const MAX_LENGTH = 1e9;

function boxOf(text: string, where: string): { width: number; height: number } {
  const numbers = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [, , width, height] = numbers;
  if (
    numbers.length === 4 &&
    numbers.every((number) => Math.abs(number) < MAX_LENGTH) &&
    width > 0 &&
    height > 0
  ) {
    return { width, height };
  }
  throw broken(where, `its viewBox is "${quotable(text)}", expected four numbers such as 0 0 24 24`);
}
