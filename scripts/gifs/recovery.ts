// How damaged patterns recover: the log loss in the CA steps after damage, as the median over its five kinds and eight
// growths.

import * as nca from "../../lib/node.js";
import { model, modelNames, persistentEmoji, targetNamed } from "../shared/models.js";
import { BACKGROUND } from "./stage.js";

const RUNS = 8;
const DENSITY = 1.25;
const CLEAR = "rgba(0, 0, 0, 0)";
const RNG_SEED = 0;
/** CA steps after the damage at which the loss is taken. */
const MOMENTS = [0, 10, 20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180, 200, 250, 300, 350, 400];
/** Readable on a light page and on a dark one. */
const COLOURS = ["#228be6", "#a9713a", "#40a02b", "#e8590c"];
const INK = "#768390";
const GRID = "#8c959f40";

/** Median log loss at each of the moments. */
async function medians(rule: nca.Rule, target: nca.Target): Promise<number[]> {
  const { height, width } = target;
  const seeds = nca.seedFor(rule, { count: RUNS, height, width });
  const grown = await nca.stateAt(rule, seeds, nca.WOUNDED_AT, { rngSeed: RNG_SEED });
  const options = { rngSeed: RNG_SEED, firstStep: nca.WOUNDED_AT };
  const healing = nca.statesAt(rule, nca.cutFiveWays(grown), MOMENTS, options);
  const losses: number[] = [];
  for await (const { cells } of healing) {
    losses.push(nca.median([...nca.pictureLosses(cells, target)].map(nca.logLoss)) ?? Number.NaN);
  }
  return losses;
}

export async function recovery(): Promise<Uint8Array> {
  const traces: object[] = [];
  const healers = persistentEmoji().filter((emoji) => modelNames().includes(`${emoji}-regenerating`));
  for (const [i, emoji] of healers.entries()) {
    const target = await targetNamed(emoji);
    for (const name of [`${emoji}-regenerating`, emoji]) {
      const y = (await medians(await model(name), target)).map((loss) => Number(loss.toFixed(4)));
      const healing = name !== emoji;
      const line = { color: COLOURS[i], width: healing ? 2.5 : 1.5, dash: healing ? "solid" : "dot" };
      traces.push({
        x: MOMENTS,
        y,
        mode: "lines",
        name: `${emoji}, ${healing ? "regenerating" : "persistent"}`,
        line,
      });
    }
  }
  const threshold = { type: "line", xref: "paper", x0: 0, x1: 1, y0: nca.RECOVERED, y1: nca.RECOVERED };
  const chart = nca.plot(
    traces,
    {
      title: { text: "Healing after a cut" },
      font: { color: INK },
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      legend: { bgcolor: CLEAR },
      xaxis: {
        title: { text: "CA steps after the cut" },
        range: [0, MOMENTS[MOMENTS.length - 1]],
        gridcolor: GRID,
      },
      yaxis: { title: { text: "log<sub>10</sub> loss" }, tickformat: ".1~f", gridcolor: GRID },
      shapes: [{ ...threshold, line: { color: INK, width: 1 } }],
      annotations: [
        {
          xref: "paper",
          x: 1,
          y: nca.RECOVERED,
          text: "recovered",
          xanchor: "right",
          yanchor: "bottom",
          showarrow: false,
        },
      ],
    },
    { width: 760, height: 420 },
  );
  return nca.rasterised(chart.svg(), DENSITY, BACKGROUND).bytes;
}
