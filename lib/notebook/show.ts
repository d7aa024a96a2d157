// Puts what one has into the notebook, below the cell that runs: rules, states, targets, pictures, gifs, charts, trials.

import { inspect } from "node:util";
import type { Cells } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { summaryOfTrials } from "../infection/summary.js";
import type { Trial } from "../infection/trials.js";
import { parameterCount, type Rule } from "../rule/rule.js";
import type { Gif } from "../view/gif.js";
import { filmstrip, picture, pictures } from "../view/picture.js";
import type { Plot } from "../view/plot.js";
import { rasterised } from "../view/raster.js";
import type { Picture } from "../view/sheet.js";
import { plotOutput } from "./chart.js";
import { notebook, type Output } from "./kernel.js";
import type { Playground } from "./playground.js";

/**
 * What `show` takes: a picture, a gif, a chart or the text of an SVG, a playground; a target, a state or a batch of
 * them; a rule; frames, such as `grow` gives them; trials.
 */
export type Showable =
  | Picture
  | Gif
  | Plot
  | { svg(): string }
  | string
  | Playground
  | Cells
  | Rule
  | readonly Cells[]
  | readonly Trial[];

const SHOWABLE =
  "a target, a state, a list of them, a rule, a picture, a gif, a chart, SVG text, trials or a playground";

/** Frames that `show` puts into a strip at most; of more it takes as many, evenly. */
const MOST_FRAMES = 10;

/**
 * Shows things one below the other, a playground below its picture. Outside a tslab notebook it says in a line what it
 * would have shown, so that a notebook's cells run in a script as they are. In this project's kernel the last expression
 * of a cell shows itself the same way.
 *
 * @throws InvalidInputError for a string that is no SVG, and for what it cannot show.
 */
export function show(...things: readonly Showable[]): void {
  for (const thing of things) check(thing);
  for (const output of things.flatMap(outputsOf)) {
    const kernel = notebook();
    if (kernel) kernel.newPlace()(output);
    else console.log(inWords(output));
  }
}

function check(thing: unknown): void {
  const isNothing = Array.isArray(thing) && thing.length === 0;
  if (typeof thing === "string" || isNothing || isShowable(thing)) return;
  const got = thing === undefined ? "undefined: perhaps an await is missing" : inspect(thing, { depth: 0 });
  throw new InvalidInputError(`show takes ${SHOWABLE}; got ${got}.`);
}

/** Whether `show` takes a value, text and empty lists aside: of these nobody can tell what they are meant to be. */
export function isShowable(thing: unknown): thing is Showable {
  if (!isObject(thing)) return false;
  if (Array.isArray(thing)) return thing.length > 0 && (thing.every(isCells) || thing.every(isTrial));
  const { type, bytes, picture, svg, spec, parameters } = thing as Record<string, unknown>;
  return (
    isCells(thing) ||
    (bytes instanceof Uint8Array && (type === "image/png" || type === "image/gif")) ||
    (type === "text/html" && picture !== undefined) ||
    typeof svg === "function" ||
    (spec !== undefined && parameters !== undefined)
  );
}

const isObject = (thing: unknown): thing is object => typeof thing === "object" && thing !== null;

function isCells(thing: unknown): thing is Cells {
  return (
    isObject(thing) &&
    "data" in thing &&
    thing.data instanceof Float32Array &&
    "count" in thing &&
    "channels" in thing
  );
}

function isTrial(thing: unknown): thing is Trial {
  return isObject(thing) && "stepsToSuccess" in thing && "logLoss" in thing;
}

function outputsOf(thing: Showable): Output[] {
  if (typeof thing === "string") return [pictureOutput(rasterised(thing))];
  if (isFrames(thing)) return thing.length === 0 ? [] : [pictureOutput(filmstrip(evenly(thing)))];
  if (isTrials(thing)) return [{ "text/plain": trialsText(thing) }];
  if ("html" in thing) return [pictureOutput(thing.picture), { "text/html": thing.html }];
  if ("plotly" in thing) return [plotOutput(thing)];
  if ("svg" in thing) return [pictureOutput(rasterised(thing.svg()))];
  if ("spec" in thing) return [{ "text/plain": ruleText(thing) }];
  if ("type" in thing) return [thing.type === "image/gif" ? gifOutput(thing) : pictureOutput(thing)];
  return [pictureOutput(thing.count === 1 ? picture(thing) : pictures(thing))];
}

const isFrames = (thing: Showable): thing is readonly Cells[] =>
  Array.isArray(thing) && (thing.length === 0 || "channels" in thing[0]);
const isTrials = (thing: Showable): thing is readonly Trial[] => Array.isArray(thing);

function evenly(frames: readonly Cells[]): readonly Cells[] {
  if (frames.length <= MOST_FRAMES) return frames;
  const place = (i: number) => Math.round((i * (frames.length - 1)) / (MOST_FRAMES - 1));
  return Array.from({ length: MOST_FRAMES }, (_, i) => frames[place(i)]);
}

function pictureOutput({ bytes, width, height }: Picture): Output {
  return { "image/png": bytes, "text/plain": `image/png, ${width} x ${height} px` };
}

/** Converters of notebooks drop gifs but keep HTML, and some sites drop HTML: the last frame is beside it as a PNG. */
function gifOutput({ bytes, last, width, height }: Gif): Output {
  const source = `data:image/gif;base64,${Buffer.from(bytes).toString("base64")}`;
  return {
    "text/html": `<img src="${source}" width="${width}" height="${height}" alt="An animation">`,
    "image/png": last.bytes,
    "text/plain": `image/gif, ${width} x ${height} px`,
  };
}

function ruleText(rule: Rule): string {
  const { perception, channels, hidden, fireRate, aliveMask, boundary, inputs } = rule.spec;
  const unusual = [
    boundary === "zero" ? "" : `, on a ${boundary}`,
    inputs.length === 0 ? "" : `, input channels ${inputs.join(", ")}`,
  ].join("");
  const count = parameterCount(rule.spec).toLocaleString("en");
  return (
    `A rule of ${count} weights: perception ${perception}, ${channels} channels, ${hidden} hidden units, ` +
    `fire rate ${fireRate}, alive mask ${aliveMask}${unusual}`
  );
}

function trialsText(trials: readonly Trial[]): string {
  const { success, stepsToSuccess, logLoss } = summaryOfTrials(trials);
  const losses = Object.entries(logLoss).map(
    ([step, { median, worst }]) => `at ${step} ${median.toFixed(2)} (worst ${worst.toFixed(2)})`,
  );
  return (
    `${trials.length} trials, ${Math.round(100 * success)} % succeeded, the median in ` +
    `${stepsToSuccess.median ?? "-"} CA steps; log loss ${losses.join(", ")}`
  );
}

function inWords(output: Output): string {
  const text = `${output["text/plain"] ?? "an output"}`;
  return /^image\//.test(text) ? `${text}, to be seen in a notebook` : text;
}
