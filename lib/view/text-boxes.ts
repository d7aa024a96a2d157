// jsdom lays nothing out: to it every text is 0 px wide. Plotly needs to know where texts are, for margins, legends and
// titles, so they are measured with the canvas, in the same font on every machine. Shapes other than text have no size.

import { textWidth } from "./font.js";

/** Line height and height above the baseline of DejaVu Sans, as parts of the font size. */
const LINE_HEIGHT = 1.3;
const ASCENT = 0.93;
const DEFAULT_FONT_PX = 12;

type Point = readonly [x: number, y: number];

/** Makes getBoundingClientRect and getBBox of SVG elements answer with the box of the texts in them. */
export function measureTextIn(window: Window & typeof globalThis): void {
  Object.assign(window.SVGElement.prototype, {
    getBoundingClientRect(this: Element): DOMRect {
      return boxAround(corners(this, null));
    },
    getBBox(this: Element): DOMRect {
      return boxAround(corners(this, this));
    },
  });
}

/** Corners of all texts in an element, as seen from `frame`, or from the page; its own place if it has no text. */
function corners(element: Element, frame: Element | null): Point[] {
  const texts = element.closest("text") ? [element] : Array.from(element.querySelectorAll("text"));
  const inside = texts.flatMap((text) => textCorners(text).map((corner) => seenFrom(frame, text, corner)));
  return inside.length > 0 ? inside : [seenFrom(frame, element, [0, 0])];
}

/** Corners of a text, or of a tspan as if it were the whole text, before its transform. */
function textCorners(text: Element): Point[] {
  const lines = Array.from(text.querySelectorAll("tspan.line"));
  const sizePx = inherited(text, "fontSize", Number.parseFloat) || DEFAULT_FONT_PX;
  const weight = inherited(text, "fontWeight", isBold) ? 700 : 400;
  const contents = (lines.length > 0 ? lines : [text]).map((line) => line.textContent ?? "");
  const width = Math.max(...contents.map((content) => textWidth(content, sizePx, weight)));
  const height = contents[0] === "" ? 0 : sizePx * LINE_HEIGHT * contents.length;
  const anchor = text.closest("[text-anchor]")?.getAttribute("text-anchor");
  const before = anchor === "middle" ? width / 2 : anchor === "end" ? width : 0;
  const left = Number(text.getAttribute("x")) - before;
  const top = Number(text.getAttribute("y")) - ASCENT * sizePx;
  const [right, bottom] = [left + width, top + height];
  return [left, right].flatMap((x): Point[] => [
    [x, top],
    [x, bottom],
  ]);
}

/** A point of an element's own coordinates, after the transforms of it and its parents up to `frame`. */
function seenFrom(frame: Element | null, element: Element, point: Point): Point {
  let seen = point;
  for (let at: Element | null = element; at && at !== frame; at = at.parentElement) {
    const steps = (at.getAttribute("transform") ?? "").matchAll(/(\w+)\(([^)]*)\)/g);
    for (const [, name, list] of [...steps].reverse())
      seen = transformed(seen, name, list.split(/[\s,]+/).map(Number));
  }
  return seen;
}

/** The transforms that plotly writes: translate, rotate about a point, scale. */
function transformed([x, y]: Point, name: string, [a = 0, b = 0, c = 0]: number[]): Point {
  if (name === "translate") return [x + a, y + b];
  if (name === "scale") return [x * a, y * (b || a)];
  if (name !== "rotate") return [x, y];
  const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
  return [b + (x - b) * cos - (y - c) * sin, c + (x - b) * sin + (y - c) * cos];
}

function boxAround(points: readonly Point[]): DOMRect {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const box = { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
  return { ...box, toJSON: () => box };
}

function isBold(weight: string): boolean {
  return weight === "bold" || Number(weight) >= 600;
}

/** The nearest set style of an element or its parents, read; undefined if none is set. */
function inherited<T>(
  element: Element,
  name: "fontSize" | "fontWeight",
  read: (value: string) => T,
): T | undefined {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const value = (at as SVGElement).style?.[name];
    if (value) return read(value);
  }
  return undefined;
}
