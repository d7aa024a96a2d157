// The curves as one picture: a row of panels a mode, time against one thing at a time, both axes logarithmic.

import { plot } from "../lib/node.js";
import { rasterised } from "../lib/view/raster.js";
import type { Curve } from "./curves.js";
import { MODES, type Mode } from "./workloads.js";

/** A column of the picture: what is on its x axis, and the curves that share it. */
interface Panel {
  readonly title: string;
  readonly x: string;
  readonly curves: readonly string[];
  readonly ticks: readonly number[];
  /** From a curve's x to the axis's unit. */
  readonly scale?: number;
}

const PANELS: readonly Panel[] = [
  { title: "grid", x: "side, cells", curves: ["room", "field"], ticks: [40, 72, 128, 256, 512] },
  { title: "batch", x: "samples", curves: ["batch"], ticks: [1, 2, 4, 8, 16, 32, 64] },
  { title: "CA steps", x: "steps", curves: ["steps"], ticks: [8, 16, 32, 64, 128] },
  {
    title: "share alive",
    x: "% of the cells",
    curves: ["alive"],
    ticks: [2, 5, 10, 20, 50, 100],
    scale: 100,
  },
];
const SIZE = { width: 1160, height: 700 };
/** Of the picture's width, between two panels. */
const GAP = 0.03;
const PANEL_WIDTH = (1 - (PANELS.length - 1) * GAP) / PANELS.length;
/** Of the picture's height, from the bottom. */
const ROWS: Record<Mode, readonly [number, number]> = { train: [0.59, 1], infer: [0, 0.41] };
const Y_TITLES: Record<Mode, string> = { train: "ms a training step", infer: "ms a CA step" };
/** 0.01 to 100,000 milliseconds. */
const MS_TICKS = [-2, -1, 0, 1, 2, 3, 4, 5].map((power) => 10 ** power);
/** Room at an axis's ends, in powers of ten. */
const ROOM = 0.15;

const WASM = { name: "wasm", color: "#1864ab", dash: "solid" };
const FUSED = { name: "fused", color: "#2b8a3e", dash: "solid" };
const PYTORCH = { name: "PyTorch", color: "#d9480f", dash: "solid" };

function lineOf({ curve, impl }: Curve) {
  if (impl === "pytorch") return PYTORCH;
  const own = impl === "fused" ? FUSED : WASM;
  return curve === "field" ? { ...own, name: `${own.name}, grid full of lizards`, dash: "dot" } : own;
}

/** As plotly wants it: a range of log10. */
function rangeOf(values: readonly number[]): [number, number] {
  return [Math.log10(Math.min(...values)) - ROOM, Math.log10(Math.max(...values)) + ROOM];
}

/** The points that could be taken, times in milliseconds. */
function pointsOf({ points }: Curve, scale = 1): { x: number[]; y: number[] } {
  const taken = points.filter(({ secondsPerStep }) => secondsPerStep !== null);
  return {
    x: taken.map(({ x }) => scale * x),
    y: taken.map(({ secondsPerStep }) => 1000 * (secondsPerStep ?? 0)),
  };
}

function axisTicks(values: readonly number[]): object {
  return {
    type: "log",
    tickvals: values,
    ticktext: values.map((value) => value.toLocaleString("en")),
    tickangle: 0,
  };
}

/** Plotly's name of a panel's axes: "" for the first, then "2" and so on. */
function axisOf(mode: Mode, column: number): string {
  const number = MODES.indexOf(mode) * PANELS.length + column + 1;
  return number === 1 ? "" : `${number}`;
}

function axes(mode: Mode, column: number, range: readonly number[]): Record<string, object> {
  const axis = axisOf(mode, column);
  const { ticks, x } = PANELS[column];
  const left = column * (PANEL_WIDTH + GAP);
  const label = column === 0 ? { title: { text: Y_TITLES[mode] } } : { showticklabels: false };
  return {
    [`xaxis${axis}`]: {
      ...axisTicks(ticks),
      domain: [left, left + PANEL_WIDTH],
      anchor: `y${axis}`,
      range: rangeOf(ticks),
      title: { text: x },
    },
    [`yaxis${axis}`]: { ...axisTicks(MS_TICKS), domain: ROWS[mode], anchor: `x${axis}`, range, ...label },
  };
}

function heading(mode: Mode, column: number): object {
  return {
    text: `<b>${PANELS[column].title}</b>`,
    xref: "paper",
    yref: "paper",
    x: column * (PANEL_WIDTH + GAP) + PANEL_WIDTH / 2,
    y: ROWS[mode][1],
    xanchor: "center",
    yanchor: "bottom",
    yshift: 4,
    showarrow: false,
  };
}

function trace(curve: Curve, column: number): object {
  const { name, color, dash } = lineOf(curve);
  const axis = axisOf(curve.mode, column);
  return {
    ...pointsOf(curve, PANELS[column].scale),
    xaxis: `x${axis}`,
    yaxis: `y${axis}`,
    mode: "lines+markers",
    name,
    // once in the legend, from the first panel
    showlegend: axis === "",
    line: { color, dash, width: 2 },
    marker: { size: 6 },
  };
}

/** A chart of all curves as PNG. */
export function figure(curves: readonly Curve[]): Uint8Array {
  const data: object[] = [];
  const annotations: object[] = [];
  let layout: Record<string, object> = {};
  for (const mode of MODES) {
    const row = curves.filter((curve) => curve.mode === mode);
    const range = rangeOf(row.flatMap((curve) => pointsOf(curve).y));
    for (const [column, panel] of PANELS.entries()) {
      layout = { ...layout, ...axes(mode, column, range) };
      annotations.push(heading(mode, column));
      const inPanel = row.filter(({ curve }) => panel.curves.includes(curve));
      data.push(...inPanel.map((curve) => trace(curve, column)));
    }
  }
  const chart = plot(
    data,
    {
      ...layout,
      annotations,
      title: { text: "Time of a training step (above) and of a CA step (below)", y: 0.965 },
      legend: { orientation: "h", x: 0.5, xanchor: "center", y: 1.055, yanchor: "bottom" },
      margin: { l: 76, r: 24, t: 108, b: 56 },
    },
    SIZE,
  );
  return rasterised(chart.svg()).bytes;
}
