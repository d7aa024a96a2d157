// The loss while a rule is trained: log10 against the training step, drawn live in one notebook output.

import { InvalidInputError } from "../cells/errors.js";
import { logLoss, logLossText } from "../train/loss.js";
import { type Plot, type PlotOptions, plot } from "../view/plot.js";
import { rasterised } from "../view/raster.js";
import { notebook, type Output, type Place } from "./kernel.js";
import { type Point, summary } from "./loss-curve.js";

/** What `LossChart.update` needs to know of a training step. */
export interface LossEvent {
  /** Number of the training step, counted from 0 or 1. */
  readonly step: number;
  /** Mean squared error; its log10 is drawn. */
  readonly loss: number;
  /** How many steps there will be: the chart is finished with the last one. */
  readonly steps?: number;
}

export interface LossChart {
  /** Adds a training step. May be passed on as a callback: `onStep: chart.update`. */
  readonly update: (event: LossEvent) => void;
  /** The chart of all steps so far, as the text of an SVG. */
  readonly svg: () => string;
  /** The same chart as the data that plotly.js draws it from. */
  readonly plotly: Plot["plotly"];
}

export interface LossChartOptions {
  readonly title?: string;
  /** How many training steps there will be, if the events do not say. */
  readonly steps?: number;
}

const SHORTEST_WAIT_MS = 500;
/** Drawing live may take a twentieth of the training time; the first drawing, which loads plotly, does not count. */
const WAIT_PER_DRAW = 19;
const LONGEST_WAIT_MS = 3000;
const STRONG = { font: { color: "#1864ab", size: 13 } };
const ALARM = { font: { color: "#c92a2a", size: 13 } };

/** When something that takes time to draw is to be drawn again. */
export class Redrawing {
  private drawAt = 0;

  /** Milliseconds until it may be drawn again. */
  get wait(): number {
    return this.drawAt - performance.now();
  }

  /** Draws, and measures how long that takes. */
  draw(how: () => void): void {
    const start = performance.now();
    how();
    const end = performance.now();
    const wait = Math.max(SHORTEST_WAIT_MS, WAIT_PER_DRAW * (end - start));
    this.drawAt = end + Math.min(LONGEST_WAIT_MS, wait);
  }
}

/**
 * A chart of the loss. In a notebook it appears with the first step and is redrawn in place at most twice a second;
 * elsewhere nothing is shown and `svg` draws on demand. The last step is always drawn, so the same training leaves
 * the same bytes in the notebook, if the number of steps is known from the options or the events.
 */
export function lossChart(options: LossChartOptions = {}): LossChart {
  const curve = lossCurve(options);
  const redrawing = new Redrawing();
  let place: Place | undefined;
  let later: NodeJS.Timeout | undefined;

  const draw = () => {
    clearTimeout(later);
    later = undefined;
    redrawing.draw(() => {
      place ??= notebook()?.newPlace();
      place?.(plotOutput(curve.plot()));
    });
  };
  const update = (event: LossEvent) => {
    curve.add(event);
    if (!notebook()) return;
    if (redrawing.wait <= 0 || curve.isOver) draw();
    else later ??= setTimeout(draw, redrawing.wait).unref(); // even after an interrupt the chart shows the last step
  };
  return { update, svg: () => curve.plot().svg(), plotly: () => curve.plot().plotly() };
}

/** A chart in all of its forms. */
export function plotOutput({ svg, plotly }: Plot): Output {
  const { bytes, width, height } = rasterised(svg());
  return {
    "application/vnd.plotly.v1+json": plotly(),
    "image/png": bytes,
    "text/plain": `image/png, ${width} x ${height} px`,
  };
}

/** The losses so far, to be drawn. */
export function lossCurve({ title = "Loss while training", steps = 0 }: LossChartOptions) {
  const points: Point[] = [];
  let total = steps;
  return {
    add({ step, loss, steps = 0 }: LossEvent): void {
      if (!Number.isFinite(step)) {
        throw new InvalidInputError(`The step of a chart is ${step}; expected a number.`);
      }
      points.push({ step, logLoss: logLoss(loss) });
      total = Math.max(total, steps);
    },
    /** Whether the last step has been taken, as far as the number of steps is known. */
    get isOver(): boolean {
      return total > 0 && (points.at(-1)?.step ?? 0) >= total - 1;
    },
    plot: (size?: PlotOptions) => lossPlot(points, title, total, size),
  };
}

function lossPlot(points: readonly Point[], title: string, total: number, size?: PlotOptions): Plot {
  const { range, median } = summary(points);
  const pale = { fill: "toself", fillcolor: "#d0e3f5", line: { color: "#a5c8ea", width: 1 } };
  const thick = { color: "#1864ab", width: 2.5 };
  const data = [
    { mode: "lines", ...pale, ...columns(range) },
    { mode: "lines", line: thick, ...columns(median) },
  ];
  const last = Math.max(total, points.at(-1)?.step ?? 0, 1);
  return plot(
    data,
    {
      title: { text: title },
      xaxis: { title: { text: "training step" }, range: [0, last] },
      yaxis: { title: { text: "log<sub>10</sub> loss" }, tickformat: ".1~f" },
      annotations: [lastValue(median), firstBroken(points)].filter((note) => note !== undefined),
      margin: { l: 64, r: 56, t: 56, b: 56 },
      showlegend: false,
    },
    size,
  );
}

function columns(points: readonly Point[]): { x: number[]; y: number[] } {
  return { x: points.map(({ step }) => step), y: points.map(({ logLoss }) => Number(logLoss.toFixed(4))) };
}

/** The last median, written at its place. */
function lastValue(median: readonly Point[]): object | undefined {
  const last = median.at(-1);
  if (!last) return undefined;
  const text = `<b>${logLossText(last.logLoss)}</b>`;
  return { x: last.step, y: last.logLoss, text, showarrow: false, xanchor: "left", xshift: 6, ...STRONG };
}

/** A note where the loss was not a number, so that training that broke does not look like training that ended. */
function firstBroken(points: readonly Point[]): object | undefined {
  const broken = points.find(({ logLoss }) => Number.isNaN(logLoss) || logLoss === Number.POSITIVE_INFINITY);
  if (!broken) return undefined;
  const text = `loss not finite at step ${broken.step}`;
  return {
    xref: "paper",
    yref: "paper",
    x: 0.99,
    y: 0.98,
    text,
    showarrow: false,
    xanchor: "right",
    ...ALARM,
  };
}
