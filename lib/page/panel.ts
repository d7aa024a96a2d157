// The playground's panel: brushes and figures for the strains of a scene.

import { logLossText } from "../train/loss.js";
import type { Rgb } from "../view/frame.js";
import { STRAIN_COLOURS } from "../view/strains.js";
import type { Scene } from "./scene.js";
import type { World } from "./world.js";

/** What the pointer does. */
export type Brush = "wound" | "plant" | { readonly infect: number };

interface Choice {
  readonly label: string;
  readonly brush: Brush;
  readonly colour: Rgb;
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** The element, which the page must have. */
export function find<T extends Element>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return element;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function choicesFor({ strains }: Scene): Choice[] {
  const infect = strains.map(({ name }, strain) => ({
    label: `${strain === 0 ? "host" : "infect"}: ${name}`,
    brush: { infect: strain },
    colour: STRAIN_COLOURS[strain],
  }));
  const seed: Choice = { label: `seed: ${strains[0].name}`, brush: "plant", colour: BLACK };
  return [{ label: "wound", brush: "wound", colour: WHITE }, ...(strains.length > 1 ? infect : []), seed];
}

/**
 * Offers a scene's brushes, with the first infection's chosen. Calls `choose` with the chosen brush, at once and
 * whenever it changes.
 */
export function offerBrushes(scene: Scene, choose: (brush: Brush) => void): void {
  const choices = choicesFor(scene);
  const first = Math.max(
    0,
    choices.findIndex(({ brush }) => typeof brush === "object" && brush.infect > 0),
  );
  const rows = choices.map(({ label, brush, colour }, i) => {
    const input = make("input", { type: "radio", name: "brush", id: `brush-${i}`, checked: i === first });
    input.addEventListener("change", () => choose(brush));
    const swatch = make("span", { className: "swatch" });
    swatch.style.background = `rgb(${colour})`;
    return make("label", { className: "brush" }, input, swatch, `${label} `, make("kbd", {}, `${i + 1}`));
  });
  find("#brushes").replaceChildren(...rows);
  choose(choices[first].brush);
}

/** One row of figures per strain. */
export function listStrains({ strains }: Scene): void {
  const rows = strains.map(({ name }, i) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", { id: `share-${i}` }),
      make("td", { id: `loss-${i}` }),
    ),
  );
  find("#strains").replaceChildren(...rows);
}

/** Fills in the figures. */
export function showFigures(world: World, framesASecond: number): void {
  find("#age").textContent = world.age.toLocaleString("en");
  find("#rate").textContent = framesASecond.toFixed(0);
  world.scene.strains.forEach((_, strain) => {
    find(`#share-${strain}`).textContent = `${Math.round(100 * world.share(strain))} %`;
    find(`#loss-${strain}`).textContent = logLossText(world.logLoss(strain));
  });
}
