// npm run gifs: draws every picture in images/ anew, byte for byte.

import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { chooseEngine, engineFlag } from "./shared/engine.js";
import { modelNames } from "./shared/models.js";
import { Progress } from "./shared/progress.js";
import { checkNames } from "./shared/usage.js";

/** Patterns whose growth, damage and healing are shown. */
const PORTRAITS = ["bird", "lizard"];
const INFECTION = "bird-to-lizard";
const CURE = "bird-to-lizard-cure";

/** Drawings, each as an SVG and as a PNG of twice its size. */
const DIAGRAMS: Record<string, () => Promise<string>> = {
  "ca-step": async () => (await import("./gifs/diagrams.js")).caStepDiagram(),
  pool: async () => (await import("./gifs/diagrams.js")).poolDiagram(),
};

/** What can be drawn of the rules in models/: patterns that heal, and infections where there is one. */
function imagesOf(names: readonly string[]): Record<string, () => Promise<Uint8Array>> {
  const emoji = PORTRAITS.filter((name) => names.includes(`${name}-regenerating`));
  return {
    ...Object.fromEntries(
      emoji.map((name) => [`${name}.gif`, async () => (await import("./gifs/life.js")).life(name)]),
    ),
    ...(names.includes(INFECTION) && {
      "combined_infection.gif": async () => (await import("./gifs/infections.js")).combinedInfection(),
    }),
    ...(names.includes(CURE) && {
      "battle_fast.gif": async () => (await import("./gifs/infections.js")).battle(),
    }),
    "growth.png": async () => (await import("./gifs/wall.js")).wall(),
    ...Object.fromEntries(
      Object.entries(DIAGRAMS).flatMap(([name, draw]) => [
        [`${name}.svg`, async () => new TextEncoder().encode(await draw())],
        [`${name}.png`, async () => (await import("../lib/node.js")).rasterised(await draw(), 2).bytes],
      ]),
    ),
    "recovery.png": async () => (await import("./gifs/recovery.js")).recovery(),
  };
}

const IMAGES = imagesOf(modelNames());

const ALL = Object.keys(IMAGES);

export const gifsFlags = command("gifs", "Draws every picture in images/ anew, byte for byte.", [
  "",
  "growth.png",
])
  .argument("[name...]", `the pictures to draw, all if none is named: ${ALL.join(", ")}`)
  .optionsGroup(RUNNING)
  .addOption(engineFlag());

await runCommand(import.meta.url, gifsFlags, async ({ names, values }) => {
  chooseEngine(values);
  checkNames("There is no picture", names, ALL);
  const { writeFileAtomic } = await import("../lib/node.js");
  const wanted = names.length > 0 ? names : ALL;
  const progress = new Progress(wanted.length, 0, "pictures");
  for (const [done, name] of wanted.entries()) {
    progress.update(done, name);
    await writeFileAtomic(join(root, "images", name), await IMAGES[name]());
  }
  progress.update(wanted.length, "done");
});
