// A map of the holes that a pattern survives, over its picture.

import type { Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import type { SurvivalPlace } from "../train/survival.js";
import { toRgba } from "./frame.js";
import { type Plot, plot } from "./plot.js";

/** Pixels of a cell, and the room beside the picture for the legend. */
const CELL = 11;
const LEGEND = 150;
/** Readable on a light page and on a dark one. */
const INK = "#768390";
const CLEAR = "rgba(0, 0, 0, 0)";
/** From "no hole at all" to the largest: a scale that people who see few colours can read. */
const COLOURS = ["#d9480f", "#f08c00", "#fcc419", "#a9e34b", "#51cf66", "#20c997", "#1c7ed6", "#1864ab"];
/** From one colour to the next, so that the maps of two rules can be compared. */
const CELLS_A_COLOUR = 2;
const PICTURE_OPACITY = 0.5;

const square = (size: number) => ({ symbol: "square", size, line: { width: 0 } });

/**
 * A chart of `survivalOf`: a dot in every place where a hole was made, its colour the largest hole that healed. Of the
 * picture it shows the cells that are not empty.
 */
export function survivalMap(
  places: readonly SurvivalPlace[],
  target: Target,
  title = "Round holes that heal within 200 CA steps",
): Plot {
  if (!Array.isArray(places) || places.length === 0)
    throw new InvalidInputError(
      "survivalMap got no places; expected those of survivalOf, and then the target.",
    );
  const { height, width } = target;
  const { data: rgba } = toRgba(target, { background: "transparent" });
  const alive = Array.from({ length: height * width }, (_, i) => i).filter((i) => rgba[4 * i + 3] > 0);
  const colour = (i: number) => `rgb(${rgba[4 * i]}, ${rgba[4 * i + 1]}, ${rgba[4 * i + 2]})`;
  const picture = {
    x: alive.map((i) => i % width),
    y: alive.map((i) => Math.floor(i / width)),
    mode: "markers",
    marker: { ...square(CELL), color: alive.map(colour), opacity: PICTURE_OPACITY },
    showlegend: false,
  };
  const radii = [...new Set(places.map(({ radius }) => radius))].sort((a, b) => a - b);
  const dots = radii.map((radius) => {
    const here = places.filter((place) => place.radius === radius);
    const color = COLOURS[Math.min(COLOURS.length - 1, Math.ceil(radius / CELLS_A_COLOUR))];
    return {
      x: here.map(({ x }) => x),
      y: here.map(({ y }) => y),
      mode: "markers",
      name: radius === 0 ? "none" : `${2 * radius} cells wide`,
      marker: { symbol: "circle", size: CELL, color, line: { width: 0 } },
    };
  });
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const range = (values: readonly number[]) => [Math.min(...values) - 2, Math.max(...values) + 2];
  const [[left, right], [top, bottom]] = [range(xs), range(ys)];
  const axis = { visible: false, showgrid: false };
  return plot(
    [picture, ...dots],
    {
      title: { text: title },
      font: { color: INK },
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      margin: { l: 10, r: 10, t: 50, b: 10 },
      legend: { bgcolor: CLEAR, title: { text: "largest hole that heals" } },
      xaxis: { ...axis, range: [left, right] },
      yaxis: { ...axis, range: [bottom, top], scaleanchor: "x" },
    },
    { width: (right - left) * CELL + LEGEND + 20, height: (bottom - top) * CELL + 60 },
  );
}
