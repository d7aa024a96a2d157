import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { createCanvas, loadImage } from "canvas";
import { JSDOM } from "jsdom";
import { emptyCells, seedCells } from "../../lib/cells/cells.js";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { lossChart } from "../../lib/notebook/chart.js";
import { playground } from "../../lib/notebook/playground.js";
import { isShowable, show } from "../../lib/notebook/show.js";
import { playgroundPage } from "../../lib/page/html.js";
import { createRule } from "../../lib/rule/rule.js";
import { gif } from "../../lib/view/gif.js";
import { filmstrip, picture, pictures } from "../../lib/view/picture.js";
import { plot } from "../../lib/view/plot.js";
import { rasterised } from "../../lib/view/raster.js";

/** What a notebook holds after a run: each place's number and what was put there. */
function underKernel(run: () => void): [number, Record<string, unknown>][] {
  const outputs: [number, Record<string, unknown>][] = [];
  const ids: string[] = [];
  const jupyter = "/nowhere/tslab/dist/jupyter.js";
  const { cache } = createRequire(import.meta.url);
  const lastWriteDisplayData = (
    content: { data: Record<string, unknown>; transient: { display_id: string } },
    isUpdate: boolean,
  ) => {
    const id = content.transient.display_id;
    assert.equal(ids.includes(id), isUpdate, "an update replaces what is there");
    if (!isUpdate) ids.push(id);
    outputs.push([ids.indexOf(id), content.data]);
  };
  cache[jupyter] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  Object.assign(globalThis, { __tslab__: {} });
  try {
    run();
  } finally {
    Reflect.deleteProperty(globalThis, "__tslab__");
    delete cache[jupyter];
  }
  return outputs;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

test("pictures, gifs and charts reach the notebook in all of their forms", () => {
  const cells = seedCells(1, 5, 5, 16);
  const [still, moving] = [picture(cells), gif([cells])];
  const chart = plot([{ y: [1, 2] }]);
  const outputs = underKernel(() => show(still, moving, chart, chart.svg()));
  assert.deepEqual(
    outputs.map(([place]) => place),
    [0, 1, 2, 3],
  );
  const [one, two, three, four] = outputs.map(([, data]) => data);
  assert.equal(one["image/png"], base64(still.bytes));
  assert.ok(`${two["text/html"]}`.includes(`data:image/gif;base64,${base64(moving.bytes)}`));
  assert.equal(
    two["image/png"],
    base64(picture(cells).bytes),
    "the last frame, for where gifs are not shown",
  );
  assert.deepEqual(three["application/vnd.plotly.v1+json"], chart.plotly());
  assert.equal(three["image/png"], base64(rasterised(chart.svg()).bytes));
  assert.equal(four["image/png"], three["image/png"]);
});

test("what one has is shown as it is: targets, states, batches, frames, rules, trials", () => {
  const target = emptyCells(1, 9, 9, 4);
  const batch = seedCells(3, 5, 5, 16);
  const frames = Array.from({ length: 25 }, () => seedCells(1, 5, 5, 16));
  const trial = {
    age: 20,
    success: true,
    stepsToSuccess: 50,
    logLoss: { 200: -3.5 },
    infected: 1,
    cellsAStep: 0.7,
  };
  const outputs = underKernel(() => show(target, batch, frames, createRule(), [trial]));
  const [one, two, three, four, five] = outputs.map(([, data]) => data);
  assert.equal(one["image/png"], base64(picture(target).bytes));
  assert.equal(two["image/png"], base64(pictures(batch).bytes));
  assert.equal(three["image/png"], base64(filmstrip(frames.slice(0, 10)).bytes));
  assert.match(`${four["text/plain"]}`, /^A rule of 8,336 weights: perception sobel, 16 channels/);
  assert.match(
    `${five["text/plain"]}`,
    /^1 trials, 100 % succeeded, the median in 50 CA steps; log loss at 200 -3\.50/,
  );
});

test("Deno's kernel gets the same outputs", () => {
  const sent: unknown[] = [];
  const broadcast = async (...args: unknown[]) => void sent.push(args);
  Object.assign(globalThis, { Deno: { jupyter: { broadcast } } });
  const still = picture(seedCells(1, 5, 5, 16));
  try {
    show(still);
  } finally {
    Reflect.deleteProperty(globalThis, "Deno");
  }
  const [[type, { data }]] = sent as [[string, { data: Record<string, unknown> }]];
  assert.equal(type, "display_data");
  assert.equal(data["image/png"], base64(still.bytes));
});

test("what cannot be shown is refused, with what can be and what to look at", () => {
  for (const thing of [undefined, null, 5, { a: 1 }, [1, 2], () => {}, Promise.resolve()]) {
    assert.equal(isShowable(thing), false);
    assert.throws(() => show(thing as never), /^InvalidInputError: show takes a target, .*; got /);
  }
  assert.throws(() => show(undefined as never), /got undefined: perhaps an await is missing\.$/);
});

test("a kernel whose own display alone is there shows one form of each", () => {
  const shown: unknown[] = [];
  const raw = (...args: unknown[]) => shown.push(args);
  Object.assign(globalThis, { __tslab__: { require: () => ({ newDisplay: () => ({ raw }) }) } });
  const still = picture(seedCells(1, 5, 5, 16));
  try {
    show(still);
  } finally {
    Reflect.deleteProperty(globalThis, "__tslab__");
  }
  assert.deepEqual(shown, [["image/png", still.bytes]]);
});

test("a playground is its picture and a frame that holds the page", async () => {
  const target = emptyCells(1, 9, 9, 4);
  const scene = {
    title: 'a "scene" & </script><!--<script>',
    strains: [{ name: "x", rule: createRule(), target }],
    spread: [[0]],
  };
  const shown = await playground([scene]);
  const outputs = underKernel(() => show(shown));
  assert.equal(outputs[0][1]["image/png"], base64(shown.picture.bytes));
  assert.equal(outputs[1][1]["text/html"], shown.html);
  const { window } = new JSDOM(shown.html);
  const page = window.document.querySelector("iframe")!.srcdoc;
  assert.equal(page, playgroundPage([scene]));
  const scenes = new JSDOM(page).window.document.querySelector("#scenes")!.textContent!;
  assert.equal(JSON.parse(scenes)[0].title, scene.title);
});

test("show refuses other text, and outside a notebook says what there would be to see", (context) => {
  assert.throws(() => underKernel(() => show("chart")), InvalidInputError);
  const log = context.mock.method(console, "log", () => {});
  show(picture(seedCells(1, 5, 5, 16)), plot([]));
  const said = log.mock.calls.map(({ arguments: [line] }) => line);
  assert.deepEqual(
    said.map((line) => /^image\/png, \d+ x \d+ px/.exec(line)?.[0]),
    ["image/png, 20 x 20 px", "image/png, 850 x 475 px"],
  );
});

test("a chart is one output, redrawn seldom, and ends with the last step", () => {
  const chart = lossChart();
  const outputs = underKernel(() => {
    for (let step = 1; step <= 1000; step++) chart.update({ step, loss: 1 / step, steps: 1000 });
  });
  assert.ok(outputs.length >= 2 && outputs.length <= 5, `${outputs.length} drawings in an instant`);
  assert.deepEqual(new Set(outputs.map(([id]) => id)).size, 1);
  assert.equal(outputs.at(-1)?.[1]["image/png"], base64(rasterised(chart.svg()).bytes));
});

test("outside a notebook a chart draws only when asked", () => {
  const chart = lossChart({ steps: 2 });
  chart.update({ step: 1, loss: 0.1 });
  chart.update({ step: 2, loss: 0.01 });
  assert.match(chart.svg(), /^<svg/);
});

test("a chart as pixels: white paper, and ink where its title is", async () => {
  const chart = rasterised(plot([{ y: [1, 2] }], { title: { text: "Title" } }).svg(), 1);
  const context = createCanvas(chart.width, chart.height).getContext("2d");
  context.drawImage(await loadImage(chart.bytes), 0, 0);
  const darkest = (x: number, y: number, width: number, height: number) =>
    context.getImageData(x, y, width, height).data.reduce((least, value) => Math.min(least, value), 255);
  assert.deepEqual([chart.width, chart.height], [680, 380]);
  assert.ok(darkest(300, 10, 80, 25) < 120, "the title");
  assert.equal(darkest(0, 0, 200, 40), 255);
  assert.throws(() => rasterised("<svg>"), InvalidInputError);
});
