// The playground as an output of a notebook.

import type { Engine } from "../engine/engine.js";
import { stateAt } from "../engine/grow.js";
import { playgroundPage } from "../page/html.js";
import type { Scene } from "../page/scene.js";
import { seedFor } from "../rule/seeds.js";
import { filmstrip } from "../view/picture.js";
import type { Picture } from "../view/sheet.js";

/** A playground to show in a notebook: a frame with the page in it, and a picture for where scripts do not run. */
export interface Playground {
  readonly type: "text/html";
  readonly html: string;
  readonly picture: Picture;
}

const FRAME_HEIGHT_PX = 640;
/** The age of the hosts in the picture, in CA steps. */
const PICTURED_AT = 100;

function inAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/** The host of a scene as the picture shows it. */
function portrait({ strains: [{ rule, target }] }: Scene, engine: Engine | undefined) {
  return stateAt(rule, seedFor(rule, target), PICTURED_AT, { engine });
}

/** The playground to be shown: `show(await playground(scenes))`. Throws as `playgroundPage` does. */
export async function playground(
  scenes: readonly Scene[],
  { engine }: { readonly engine?: Engine } = {},
): Promise<Playground> {
  const page = inAttribute(playgroundPage(scenes));
  const style = `border: 0; width: 100%; height: ${FRAME_HEIGHT_PX}px`;
  const hosts = await Promise.all(scenes.map((scene) => portrait(scene, engine)));
  const picture = filmstrip(hosts, { scale: 3, columns: 4, labels: scenes.map(({ title }) => title) });
  return {
    type: "text/html",
    html: `<iframe title="Playground" style="${style}" srcdoc="${page}"></iframe>`,
    picture,
  };
}
