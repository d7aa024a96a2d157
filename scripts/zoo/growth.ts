// How well each rule grows its picture, keeps it, and heals.

import * as nca from "../../lib/index.js";
import { type Entry, lossCell, percent } from "./entry.js";

const HEAD = [
  "| file | log loss at 96 | 200 | 1,000 | 10,000 | recovered at +200 | +1,000 |",
  "|---|---|---|---|---|---|---|",
];

function row(name: string, { logLoss, recovery }: nca.Evaluation): string {
  const losses = Object.values(logLoss).map(lossCell);
  const recovered = Object.values(recovery).map((at) => `${percent(at.recovered)} of ${at.cases}`);
  return `| \`${name}.safetensors\` | ${[...losses, ...recovered].join(" | ")} |`;
}

export function growthTable(entries: readonly Entry[], onProgress: (done: number) => void): string[] {
  const growing = entries.filter(({ hosts }) => !hosts); // an infection grows nothing by itself
  const rows = growing.map(({ name, rule, target }, i) => {
    const evaluation = nca.evaluate(rule, target, {
      onProgress: (part) => onProgress((i + part) / growing.length),
    });
    return row(name, evaluation);
  });
  return [...HEAD, ...rows];
}
