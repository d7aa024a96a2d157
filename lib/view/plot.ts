// Charts as SVG: plotly.js drawn in Node, without a browser. The SVG contains no script, and is a hundredth of the size
// of an interactive plotly chart, which would carry 1.4 MB of JavaScript into every notebook.

import { readFileSync } from "node:fs";
import { hashOf, Random } from "../cells/random.js";
import { SVG_FAMILY } from "./font.js";
import { jsdom, peerFile } from "./peers.js";
import { measureTextIn } from "./text-boxes.js";

export interface PlotOptions {
  /** Size in px. */
  readonly width?: number;
  readonly height?: number;
}

/** The page that plotly draws in, and the parts of plotly used here. */
interface PlotlyWindow {
  readonly document: Document;
  readonly Math: { random: () => number };
  readonly Plotly: {
    newPlot(element: Element, data: readonly object[], layout: object, config: object): unknown;
    readonly Snapshot: { toSVG(element: Element, format: "svg"): string };
  };
}

/** Lines, bars, histograms, boxes, heatmaps: everything in two axes. */
const BUNDLES = ["plotly.js/plotly-cartesian.min.js", "plotly.js/dist/plotly-cartesian.min.js"] as const;
const INK = "#2f3640";
const GRID = "#e9ecef";
/** Readers without DejaVu Sans see Verdana, laid out with the same widths. */
const FONT = { family: `${SVG_FAMILY}, Verdana, sans-serif`, color: INK };
const AXIS = {
  gridcolor: GRID,
  linecolor: "#adb5bd",
  showline: true,
  zeroline: false,
  ticks: "outside",
  tickcolor: "#adb5bd",
  ticklen: 4,
  automargin: true,
  title: { font: { size: 13 }, standoff: 10 },
};
const TEMPLATE = {
  layout: {
    font: { ...FONT, size: 12 },
    title: { font: { size: 16 }, x: 0.5, xanchor: "center" },
    colorway: ["#1864ab", "#d9480f", "#2b8a3e", "#862e9c", "#e67700", "#0b7285"],
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 64, r: 24, t: 56, b: 56 },
    legend: { bgcolor: "rgba(255, 255, 255, 0.8)" },
    xaxis: AXIS,
    yaxis: AXIS,
  },
};

let page: PlotlyWindow | undefined;

/** A chart: as a picture, and as the data that plotly.js draws it from, for programs that have plotly.js. */
export interface Plot {
  /** The text of a self-contained SVG. */
  readonly svg: () => string;
  /** Traces and layout, as plotly's own MIME type carries them. */
  readonly plotly: () => { readonly data: readonly object[]; readonly layout: object };
}

/**
 * A chart by plotly.js: traces and layout are plotly's (https://plotly.com/javascript/reference), the look is ours
 * unless `layout` says otherwise. The same arguments give the same bytes.
 * Loads plotly when the first one is drawn (about 0.5 s); a chart then takes 30-80 ms.
 */
export function plot(data: readonly object[], layout: object = {}, options: PlotOptions = {}): Plot {
  const { width = 680, height = 380 } = options;
  return {
    svg: () => svgOf(data, layout, { width, height }),
    plotly: () => ({ data, layout: { template: TEMPLATE, ...layout, width, height } }),
  };
}

function svgOf(data: readonly object[], layout: object, { width, height }: Required<PlotOptions>): string {
  page ??= loadPlotly();
  // Plotly names its clip paths at random. Named after the content they stay the same from run to run, and two charts
  // on one page do not use each other's.
  const random = new Random(hashOf(JSON.stringify([data, layout, width, height])));
  page.Math.random = () => random.uniform();
  const element = page.document.body.appendChild(page.document.createElement("div"));
  // Everything is drawn when newPlot returns; its promise only reports that to the element. Plotly.purge is not called,
  // as it would make that report fail: a static plot leaves nothing behind but the element.
  page.Plotly.newPlot(element, data, { template: TEMPLATE, ...layout, width, height }, { staticPlot: true });
  const svg = page.Plotly.Snapshot.toSVG(element, "svg");
  element.remove();
  return svg;
}

function loadPlotly(): PlotlyWindow {
  const file = peerFile(...BUNDLES);
  const { JSDOM, VirtualConsole } = jsdom();
  const virtualConsole = new VirtualConsole(); // says nothing
  const { window } = new JSDOM("", { runScripts: "outside-only", pretendToBeVisual: true, virtualConsole });
  measureTextIn(window);
  window.eval(readFileSync(file, "utf8"));
  return window as unknown as PlotlyWindow;
}
