// A sweep as a page that any web host can serve: a row for each training, with its curve and its pattern as it grows.

import type { Json } from "../../lib/node.js";
import { lossText } from "../shared/text.js";
import type { Curve, Folder } from "./folder.js";
import type { Planned } from "./plan.js";

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/** Sides of a curve, in the picture's own units, and the log losses at its upper and its lower edge. */
const [WIDTH, HEIGHT, HIGHEST, LOWEST] = [160, 48, 0, -5];
/** Seconds until a page of a sweep under way is loaded again. */
const AGAIN = 30;

/** The curve as a line; the steps of the whole training are the width. */
function lineOf(curve: Curve, steps: number): string {
  if (curve.length < 2) return "";
  const points = curve.map(([step, loss]) => {
    const y = (HEIGHT * (HIGHEST - Math.max(LOWEST, Math.min(HIGHEST, loss)))) / (HIGHEST - LOWEST);
    return `${((WIDTH * step) / steps).toFixed(1)},${y.toFixed(1)}`;
  });
  const last = curve[curve.length - 1][1];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="log loss down to ${lossText(last)}"><polyline points="${points.join(" ")}"/></svg>`;
}

/** What a training came to, in words. */
function cameTo(measured: Json): string {
  const { logLoss, recovery, success } = measured as Record<
    string,
    Record<string, Record<string, number>>
  > & { success?: never };
  const losses = Object.entries(logLoss ?? {}).map(
    ([step, { median }]) => `${lossText(median ?? Number.POSITIVE_INFINITY)} at ${step}`,
  );
  const share = (value: number) => `${Math.round(100 * value)}\u00a0%`;
  const healed =
    recovery &&
    Object.entries(recovery).map(([step, { recovered }]) => `${share(recovered)} healed at +${step}`);
  const took = typeof success === "number" ? [`${share(success)} success`] : [];
  return [...took, ...losses, ...(healed ?? [])].join(" · ");
}

function rowOf(one: Planned, folder: Folder): string {
  const { steps } = one;
  const row = folder.row(one);
  const curve = folder.curve(one);
  const [step, loss] = curve.at(-1) ?? [0, Number.NaN];
  const state = row
    ? cameTo(row.measured)
    : step > 0
      ? `training step ${step} of ${steps}, log loss ${lossText(loss)}`
      : "not begun";
  const seen = row || step > 0;
  const picture = seen
    ? `<img src="${one.id}.gif" alt="what it grows" width="96" height="96" loading="lazy">`
    : "<i></i>";
  const rule = row ? `<a href="${one.id}.safetensors">rule</a>` : "";
  return `<li class="${row ? "done" : seen ? "begun" : ""}">${picture}<div><h2>${escaped(one.label)}</h2>
<p>${escaped(state)} ${rule}</p>${lineOf(curve, steps)}</div></li>`;
}

/** The page, as the folder is now. */
export function pageOf(title: string, plan: readonly Planned[], folder: Folder): string {
  const done = plan.filter(folder.isDone).length;
  const again = done < plan.length ? `<meta http-equiv="refresh" content="${AGAIN}">` : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${again}
<title>${escaped(title)}: ${done} of ${plan.length}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; --line: light-dark(#0b7a6b, #4fd1bd); --soft: light-dark(#667, #9aa); }
body { max-width: 72rem; margin: 0 auto; padding: 1rem; background: light-dark(#faf8f5, #14161a); color: light-dark(#1b1d22, #e9e7e2); }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
ul { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); }
li { display: flex; gap: .75rem; padding: .75rem; border: 1px solid light-dark(#ddd8d0, #2b2f37); border-radius: .5rem; }
li > div { min-width: 0; flex: 1; } li:not(.done) h2 { color: var(--soft); } p { margin: .15rem 0; font-size: .9rem; color: var(--soft); }
img, i { width: 96px; height: 96px; flex: none; border-radius: .25rem; image-rendering: pixelated; background: #fff; }
i { background: light-dark(#eee9e1, #22262d); } svg { width: 100%; max-width: 16rem; height: 3rem; }
polyline { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; } a { color: var(--line); }
</style></head>
<body><h1>${escaped(title)}</h1>
<p>${done} of ${plan.length} trainings are done. Curves: log loss from ${HIGHEST} to ${LOWEST} over the training. The table: <a href="table.csv">CSV</a>, <a href="table.json">JSON</a>.</p>
<ul>
${plan.map((one) => rowOf(one, folder)).join("\n")}
</ul></body></html>
`;
}
