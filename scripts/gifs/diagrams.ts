// Two drawings: what a cell does in one CA step, and how the sample pool is used. The cells in them are real ones.

import * as nca from "../../lib/node.js";
import { model } from "../shared/models.js";
import { RNG_SEED, SIZE } from "./stage.js";

const INK = "#2f3640";
const PALE = "#dfe6ee";
const LINE = "#868e96";
const BLUE = "#1864ab";
const FONT = "DejaVu Sans, Verdana, sans-serif";

const text = (x: number, y: number, words: string, { size = 13, bold = false, fill = INK } = {}) =>
  `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}" font-weight="${bold ? 700 : 400}" ` +
  `text-anchor="middle" fill="${fill}">${words}</text>`;
const box = (x: number, y: number, width: number, height: number, fill = PALE, stroke = LINE) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${fill}" stroke="${stroke}"/>`;
/** An arrow from one place to another in straight lines, with a head at its end. */
const arrow = (...places: readonly (readonly [number, number])[]) => {
  const [[x, y], [beforeX, beforeY]] = [places[places.length - 1], places[places.length - 2]];
  const angle = (Math.atan2(y - beforeY, x - beforeX) * 180) / Math.PI;
  const path = places.map(([px, py], i) => `${i === 0 ? "M" : "L"}${px},${py}`).join("");
  return (
    `<path d="${path}" fill="none" stroke="${LINE}" stroke-width="1.5"/>` +
    `<path d="M0,0L-8,-4L-8,4Z" transform="translate(${x},${y}) rotate(${angle.toFixed(1)})" fill="${LINE}"/>`
  );
};

/** Part of an image as squares, each cell `px` px wide. */
function cells(
  image: nca.Rgba,
  left: number,
  top: number,
  count: number,
  at: readonly [number, number],
  px: number,
) {
  const squares: string[] = [];
  const side = px.toFixed(2);
  for (let i = 0; i < count * count; i++) {
    const [column, row] = [i % count, Math.floor(i / count)];
    const from = ((top + row) * image.width + left + column) * 4;
    if (image.data.slice(from, from + 3).every((ink) => ink === 255)) continue; // the paper is white
    const [x, y] = [at[0] + column * px, at[1] + row * px].map((place) => Number(place.toFixed(2)));
    const fill = `#${Buffer.from(image.data.slice(from, from + 3)).toString("hex")}`;
    squares.push(
      `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="${fill}" stroke="#ffffff"/>`,
    );
  }
  return squares.join("");
}

const svg = (title: string, width: number, height: number, ...parts: string[]) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
  `<title>${title}</title>` +
  `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>` +
  text(width / 2, 25, title, { size: 15, bold: true }) +
  `${parts.join("")}</svg>\n`;

async function grown(steps: number): Promise<nca.Rgba> {
  const rule = await model("lizard");
  const seed = nca.seedCells(1, SIZE, SIZE, rule.spec.channels);
  return nca.toRgba(await nca.stateAt(rule, seed, steps, { rngSeed: RNG_SEED }));
}

/** One CA step of one cell. */
export async function caStepDiagram(): Promise<string> {
  const image = await grown(60);
  const [left, top] = [(SIZE >> 1) + 2, (SIZE >> 1) - 5];
  const bar = (x: number, height: number, name: string, count: string) =>
    box(x, 120 - height / 2, 26, height) +
    text(x + 13, 120 - height / 2 - 10, count) +
    text(x + 13, 205, name);
  return svg(
    "One CA step: every cell does the same",
    930,
    236,
    `<g transform="translate(50,4)">`,
    cells(image, left - 2, top - 2, 7, [18, 71], 14),
    `<rect x="46" y="99" width="42" height="42" fill="none" stroke="${BLUE}" stroke-width="3"/>`,
    text(67, 205, "a cell and its eight"),
    text(67, 221, "neighbours, 16 numbers each"),
    arrow([122, 120], [186, 120]),
    text(154, 110, "filters"),
    bar(192, 84, "perception", "48"),
    arrow([222, 120], [286, 120]),
    text(254, 110, "W1, ReLU"),
    bar(292, 110, "hidden", "128"),
    arrow([322, 120], [386, 120]),
    text(354, 110, "W2"),
    bar(392, 40, "dx", "16"),
    arrow([422, 120], [476, 120]),
    `<circle cx="500" cy="120" r="22" fill="#fff3bf" stroke="${LINE}"/>`,
    text(500, 125, "½"),
    text(500, 205, "fire mask:"),
    text(500, 221, "a coin a cell"),
    arrow([524, 120], [578, 120]),
    `<circle cx="596" cy="120" r="16" fill="#ffffff" stroke="${LINE}"/>`,
    text(596, 126, "+", { size: 18 }),
    arrow([67, 69], [67, 40], [596, 40], [596, 102]),
    text(430, 58, "the state itself", { fill: LINE }),
    arrow([614, 120], [664, 120]),
    box(668, 98, 62, 44, "#d3f9d8"),
    text(699, 125, "alive?"),
    text(699, 205, "alpha above 0.1"),
    text(699, 221, "in its 3x3, else zero"),
    arrow([732, 120], [776, 120]),
    cells(image, left, top, 3, [780, 99], 14),
    text(806, 166, "the next state"),
    "</g>",
  );
}

/** The sample pool in one training step. */
export async function poolDiagram(): Promise<string> {
  const ages = [0, 12, 24, 40, 64, 96, 150, 200];
  const images: nca.Rgba[] = [];
  for (const age of ages) images.push(await grown(age));
  const PX = 52 / SIZE;
  const small = (image: nca.Rgba, x: number, y: number) =>
    cells(image, 0, 0, SIZE, [x, y], PX).replaceAll(' stroke="#ffffff"', "") +
    `<rect x="${x}" y="${y}" width="52" height="52" fill="none" stroke="${LINE}"/>`;
  const grid = images.map((image, i) => small(image, 24 + (i % 4) * 60, 62 + Math.floor(i / 4) * 60));
  return svg(
    "The sample pool: learning to last",
    760,
    262,
    box(14, 48, 252, 140, "#f8f9fa"),
    ...grid,
    text(140, 208, "1,024 states of every age"),
    arrow([268, 88], [330, 88]),
    text(299, 78, "draw 8"),
    small(images[5], 336, 48),
    small(images[0], 336, 108),
    text(362, 178, "the worst of them"),
    text(362, 194, "becomes a seed"),
    arrow([392, 88], [452, 88]),
    text(424, 78, "64 to 95"),
    text(424, 106, "CA steps"),
    small(images[6], 458, 48),
    small(images[4], 458, 108),
    arrow([514, 88], [576, 88]),
    text(545, 78, "loss"),
    box(580, 66, 150, 44),
    text(655, 84, "gradient back through"),
    text(655, 101, "all steps: new weights"),
    arrow([484, 164], [484, 226], [140, 226], [140, 214]),
    text(312, 244, "back into the pool"),
  );
}
