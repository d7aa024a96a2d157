// The tables of the chapters' rules, in models/chapters/.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Means } from "../../lib/adversarial/changes.js";
import * as nca from "../../lib/node.js";
import { digitsIn, MNIST } from "../chapters/mnist.js";
import { OF_PERSISTENT, reprogrammed, USUAL } from "../chapters/reprogrammed.js";
import { MODELS, model, targetNamed } from "../shared/models.js";
import { lossCell, percent, tableOf, tenths } from "../shared/text.js";
import { inTurn, type Report } from "./table.js";

const CHAPTERS = join(MODELS, "chapters");
/** Lizards of each row. */
const TRIALS = 32;

const rulesNamed = (pattern: RegExp) =>
  readdirSync(CHAPTERS)
    .map((file) => pattern.exec(file.replace(/\.safetensors$/, "")))
    .filter((found) => found !== null);

const load = (name: string) => model(`chapters/${name}`);

/** On MNIST's test digits; without MNIST there is nothing to measure, and the table stays as it is. */
export async function digitsTable(onProgress: Report): Promise<string[] | undefined> {
  if (!existsSync(MNIST)) return undefined;
  const digits = await digitsIn(nca, MNIST, "t10k");
  const measured = await nca.agreementOf(await load("digits"), digits, { onProgress });
  const rows = Object.keys(measured.accuracy).map((step) => {
    const at = Number(step);
    return [
      step,
      ...[measured.accuracy, measured.majority, measured.agreement, measured.allRight].map((shares) =>
        tenths(shares[at]),
      ),
    ];
  });
  return tableOf(
    [
      "CA step",
      "cells that are right",
      "digits with most cells right",
      "digits whose cells all agree",
      "digits whose cells are all right",
    ],
    rows,
  );
}

export async function adversarialTable(onProgress: Report): Promise<string[]> {
  const lizard = await targetNamed("lizard");
  const found = rulesNamed(/^lizard(-persistent)?-(tailless|red)-(adversaries|matrix)$/);
  const rows = await inTurn(found, onProgress, async ([name, persistent, change, by], onProgress) => {
    const host = await model(persistent ? "lizard" : "lizard-regenerating");
    const share = persistent ? OF_PERSISTENT : USUAL;
    const options = {
      by: by as Means,
      change: change as nca.Change,
      shares: [share],
      trials: TRIALS,
      onProgress,
    };
    const [{ summary }] = await reprogrammed(await load(name), { host, lizard }, options);
    const { success, logLoss, lifted, infected } = summary;
    return [
      `\`${name}\``,
      by === "matrix" ? "all cells" : `${percent(share)} of the cells`,
      `${percent(success)} of ${TRIALS}`,
      ...["200", "500", "2000"].map((step) => lossCell(logLoss[step])),
      percent(infected.median ?? 0),
      lossCell(lifted["1000"]),
    ];
  });
  return tableOf(
    [
      "rule",
      "at first",
      "changed by 500, and still at 2,000",
      "log loss at 200",
      "500",
      "2,000",
      "its cells then",
      "without it, +1,000",
    ],
    rows,
  );
}

export async function texturesTable(onProgress: Report): Promise<string[]> {
  const found = rulesNamed(/^texture-(\w+)$/);
  const rows = await inTurn(found, onProgress, async ([name, which]) => {
    const rule = await load(name);
    const texture = (which === "micro" ? "stripes" : which) as nca.TextureName;
    const target = nca.drawTexture(texture);
    const woven = await nca.textureTask(target, rule).measure(rule);
    const others = nca.TEXTURES.filter((other) => other !== texture).map((other) =>
      nca.textureLoss(nca.drawTexture(other), target),
    );
    const thousandths = (loss: number) => (1000 * loss).toFixed(2);
    return [
      `\`${name}\``,
      `${nca.parameterCount(rule.spec)}`,
      ...[100, 500, 2000].map((step) => thousandths(woven[step])),
      thousandths(Math.min(...others)),
    ];
  });
  return tableOf(
    ["rule", "weights", "loss in thousandths at 100", "500", "2,000", "of the nearest other texture"],
    rows,
  );
}
