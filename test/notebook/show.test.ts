import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas, loadImage } from "canvas";
import { JSDOM } from "jsdom";
import { emptyCells, seedCells } from "../../lib/cells/cells.js";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { lossChart } from "../../lib/notebook/chart.js";
import { playground } from "../../lib/notebook/playground.js";
import { show } from "../../lib/notebook/show.js";
import { playgroundPage } from "../../lib/page/html.js";
import { createRule } from "../../lib/rule/rule.js";
import { gif } from "../../lib/view/gif.js";
import { picture } from "../../lib/view/picture.js";
import { plot } from "../../lib/view/plot.js";
import { rasterised } from "../../lib/view/raster.js";

/** What a notebook would hold: each output's number, kind and content. */
function underKernel(run: (outputs: unknown[][]) => void): unknown[][] {
  const outputs: unknown[][] = [];
  let displays = 0;
  const newDisplay = () => {
    const id = displays++;
    const put = (kind: string) => (content: unknown) => outputs.push([id, kind, content]);
    return { png: put("png"), gif: put("gif"), html: put("html") };
  };
  const tslab = { display: newDisplay(), newDisplay };
  Object.assign(globalThis, { __tslab__: { require: (id: string) => (id === "tslab" ? tslab : undefined) } });
  try {
    run(outputs);
  } finally {
    Reflect.deleteProperty(globalThis, "__tslab__");
  }
  return outputs;
}

test("pictures, gifs and charts reach the notebook in their own kind", () => {
  const cells = seedCells(1, 5, 5, 16);
  const [still, moving] = [picture(cells), gif([cells])];
  const svg = plot([{ y: [1, 2] }]);
  const outputs = underKernel(() => show(still, moving, { svg: () => svg }, svg));
  assert.deepEqual(outputs, [
    [0, "png", still.bytes],
    [0, "gif", moving.bytes],
    [0, "png", rasterised(svg).bytes],
    [0, "png", rasterised(svg).bytes],
  ]);
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
  assert.deepEqual(outputs, [
    [0, "png", shown.picture.bytes],
    [0, "html", shown.html],
  ]);
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
  assert.deepEqual(outputs.at(-1), [1, "png", rasterised(chart.svg()).bytes]);
});

test("outside a notebook a chart draws only when asked", () => {
  const chart = lossChart({ steps: 2 });
  chart.update({ step: 1, loss: 0.1 });
  chart.update({ step: 2, loss: 0.01 });
  assert.match(chart.svg(), /^<svg/);
});

test("a chart as pixels: white paper, and ink where its title is", async () => {
  const chart = rasterised(plot([{ y: [1, 2] }], { title: { text: "Title" } }), 1);
  const context = createCanvas(chart.width, chart.height).getContext("2d");
  context.drawImage(await loadImage(chart.bytes), 0, 0);
  const darkest = (x: number, y: number, width: number, height: number) =>
    context.getImageData(x, y, width, height).data.reduce((least, value) => Math.min(least, value), 255);
  assert.deepEqual([chart.width, chart.height], [680, 380]);
  assert.ok(darkest(300, 10, 80, 25) < 120, "the title");
  assert.equal(darkest(0, 0, 200, 40), 255);
  assert.throws(() => rasterised("<svg>"), InvalidInputError);
});
