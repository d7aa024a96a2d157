import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { InvalidInputError } from "../../lib/cells/errors.js";
import { lossChart } from "../../lib/notebook/chart.js";
import { summary } from "../../lib/notebook/loss-curve.js";
import { plot } from "../../lib/view/plot.js";

const plotSvg = (...args: Parameters<typeof plot>) => plot(...args).svg();

const losses = Array.from({ length: 4000 }, (_, i) => ({ step: i + 1, loss: 10 ** (-1 - i / 2000) }));

/** The points of a drawn line, in px. */
function lines(svg: string): number[][][] {
  const paths = [...svg.matchAll(/class="js-line"[^>]* d="([^"]*)"/g)];
  return paths.map(([, d]) =>
    d
      .slice(1)
      .split("L")
      .map((point) => point.split(",").map(Number)),
  );
}

function charted(events: readonly { step: number; loss: number }[]): string {
  const { update, svg } = lossChart({ title: "Growing" });
  events.forEach(update);
  return svg();
}

test("the chart has a title, axis titles, the last value and a falling line", () => {
  const svg = charted(losses);
  for (const text of ["Growing", "training step", "log", "−2.98"]) assert.ok(svg.includes(text), text);
  const [, median] = lines(svg);
  assert.ok(median.length > 1);
  for (let i = 1; i < median.length; i++)
    assert.ok(median[i][0] > median[i - 1][0] && median[i][1] > median[i - 1][1]);
});

test("titles stand clear of the axes", () => {
  const svg = charted(losses);
  const y = Number(/class="xtitle"[^>]* y="([\d.]+)"/.exec(svg)?.[1]);
  const x = Number(/class="ytitle"[^>]* x="([\d.]+)"/.exec(svg)?.[1]);
  assert.ok(y > 340 && y < 375, `the x axis title is below its numbers, got y ${y} of 380`);
  assert.ok(x > 8 && x < 30, `the y axis title is left of its numbers, got x ${x}`);
});

test("the SVG is small, self-contained and the same in another process", () => {
  const svg = charted(losses);
  assert.ok(svg.length < 60_000, `${svg.length} characters`);
  assert.doesNotMatch(svg, /<script|href="http|url\(['"]?http/);
  assert.equal(charted(losses), svg);
  const traces = '[{ y: [1, 3, 2], name: "a" }, { y: [3, 2, 1], name: "b" }]';
  const code = `import { plot } from ${JSON.stringify(new URL("../../lib/view/plot.js", import.meta.url))};
    process.stdout.write(plot(${traces}).svg());`;
  const other = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
  const here = plotSvg([
    { y: [1, 3, 2], name: "a" },
    { y: [3, 2, 1], name: "b" },
  ]);
  assert.equal(other, here);
});

test("two charts on a page share no id", () => {
  const ids = (svg: string) => [...svg.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  const [one, two] = [ids(plotSvg([{ y: [1, 2] }])), ids(plotSvg([{ y: [2, 1] }]))];
  assert.ok(one.length > 0);
  assert.deepEqual(
    one.filter((id) => two.includes(id)),
    [],
  );
});

test("a long label gets the room it needs", () => {
  const plotLeft = (label: string) => {
    const svg = plotSvg([{ type: "bar", orientation: "h", y: [label], x: [1] }]);
    return Number(/class="xy" transform="translate\(([\d.]+)/.exec(svg)?.[1]);
  };
  assert.ok(plotLeft("a much longer label than the others have") > plotLeft("a") + 150);
});

test("losses that are not finite leave the line whole and are named", () => {
  const broken = losses.slice(0, 50).concat({ step: 51, loss: Number.NaN }, { step: 52, loss: 0 });
  assert.match(charted(broken), /loss not finite at step 51/);
  assert.doesNotMatch(charted(losses.slice(0, 50)), /not finite/);
  assert.doesNotMatch(charted(broken), /NaN|Infinity/);
  assert.throws(() => lossChart().update({ step: Number.NaN, loss: 1 }), InvalidInputError);
});

test("a summary keeps every spike and the last step, in few points", () => {
  const points = losses.map(({ step }) => ({ step, logLoss: step === 1234 ? 5 : -3 }));
  const { range, median } = summary(points);
  assert.ok(range.length <= 400 && median.length <= 200);
  assert.ok(range.some(({ step, logLoss }) => Math.abs(step - 1234) < 20 && logLoss === 5));
  assert.ok(median.every(({ logLoss }) => logLoss === -3));
  assert.equal(median.at(-1)?.step, 4000);
});
