// The text of an SVG file, without byte order mark, declarations and comments. Expands no entity, fetches no DTD.
// Source: "Extensible Markup Language (XML) 1.0", https://www.w3.org/TR/xml/.

/** The text of XML bytes: UTF-8, UTF-16 with a byte order mark, or what the declaration says. Undefined if it is none. */
export function xmlText(bytes: Uint8Array, fatal = true): string | undefined {
  const [first, second] = bytes;
  const marked =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff && "utf-16be";
  const declaration = String.fromCharCode(...bytes.subarray(0, 128));
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)/.exec(declaration)?.[1];
  try {
    return new TextDecoder(marked || declared || "utf-8", { fatal }).decode(bytes); // drops the mark
  } catch {
    return undefined; // bytes that are no such text, or an unknown encoding
  }
}

/** What comes before an element, and where it ends. */
const PROLOGUE: [string, string][] = [
  ["<?", "?>"],
  ["<!--", "-->"],
  ["<!DOCTYPE", ">"],
];

/**
 * Where the first element of an XML text begins, after its declaration, comments and document type; -1 where none does.
 * A document type that declares entities is not passed over: it has a bracket before its end.
 */
export function rootStart(text: string): number {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    const found = PROLOGUE.find(([start]) => text.startsWith(start, at));
    if (!found) return text[at] === "<" ? at : -1;
    const end = text.indexOf(found[1], at + found[0].length);
    if (end < 0) return -1;
    if (found[0] === "<!DOCTYPE" && text.slice(at, end).includes("[")) return -1;
    at = end + found[1].length;
  }
}

/** The first tag of an SVG, with or without a prefix. */
export const SVG_ROOT = /<(?:[\w.-]+:)?svg[\s/>]/y;

const LONGEST_PROLOGUE = 65_536;

/** Whether the bytes are an SVG; one whose document type declares entities is told by what it says. */
export function isSvg(bytes: Uint8Array): boolean {
  const seen = bytes.subarray(0, 4);
  const isText = /^(?:\xef\xbb\xbf)?[\s<]|^\xff\xfe|^\xfe\xff/.test(String.fromCharCode(...seen));
  const text = isText ? xmlText(bytes.subarray(0, LONGEST_PROLOGUE), false) : undefined;
  if (text === undefined) return false;
  SVG_ROOT.lastIndex = Math.max(0, rootStart(text));
  return SVG_ROOT.test(text) || /^\s*(?:<\?[^>]*>\s*|<!--[^>]*>\s*)*<!DOCTYPE\s+svg\b/.test(text);
}
