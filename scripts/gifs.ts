// npm run gifs: draws every picture in images/ anew, byte for byte.

import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import * as nca from "../lib/index.js";
import { battle, combinedInfection } from "./gifs/infections.js";
import { life } from "./gifs/life.js";
import { recovery } from "./gifs/recovery.js";
import { wall } from "./gifs/wall.js";
import { runCommand, UsageError } from "./shared/command.js";
import { modelNames } from "./shared/models.js";
import { Progress } from "./shared/progress.js";

/** Patterns whose growth, wounds and healing are shown. */
const PORTRAITS = ["bird", "lizard"];
const INFECTION = "bird-to-lizard";
const CURE = "bird-to-lizard-cure";

/** What can be drawn of the rules in models/: patterns that heal, and infections where there is one. */
function imagesOf(names: readonly string[]): Record<string, () => Promise<Uint8Array>> {
  const emoji = PORTRAITS.filter((name) => names.includes(`${name}-regenerating`));
  return {
    ...Object.fromEntries(emoji.map((name) => [`${name}.gif`, () => life(name)])),
    ...(names.includes(INFECTION) && { "combined_infection.gif": combinedInfection }),
    ...(names.includes(CURE) && { "battle_fast.gif": battle }),
    "growth.png": wall,
    "recovery.png": recovery,
  };
}

const IMAGES = imagesOf(modelNames());

await runCommand(
  "gifs",
  {},
  async (_, names) => {
    const unknown = names.find((name) => !Object.hasOwn(IMAGES, name));
    if (unknown) {
      throw new UsageError(`There is no picture "${unknown}"; expected ${Object.keys(IMAGES).join(", ")}.`);
    }
    const wanted = names.length > 0 ? names : Object.keys(IMAGES);
    const progress = new Progress(wanted.length, 0, "pictures");
    for (const [done, name] of wanted.entries()) {
      progress.update(done, name);
      await nca.writeFileAtomic(join(root, "images", name), await IMAGES[name]());
    }
    progress.update(wanted.length, "done");
  },
  "the pictures to draw, all if none is named",
);
