// The scenes of the playground, from the rules in models/.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import * as nca from "../../lib/node.js";
import { grownPicture } from "../../lib/page/grown-picture.js";
import { model, modelNames, modelPath, persistentEmoji, targetNamed } from "./models.js";
import { rememberedOf, targetLike } from "./remembered.js";

const INFECTION = /^(\w+)-to-(\w+)$/;

async function strain(name: string, emoji: string): Promise<nca.SceneStrain> {
  return { name: emoji, rule: await model(name), target: await targetNamed(emoji) };
}

/** Host, infection and, where there is one, its cure. */
async function infectionScene(name: string): Promise<nca.Scene> {
  const [, from, to] = INFECTION.exec(name)!;
  const strains = [await strain(from, from), await strain(name, to)];
  const cure = `${name}-cure`;
  if (modelNames().includes(cure)) strains.push({ ...(await strain(cure, from)), name: `cured ${from}` });
  return nca.sceneOf(`${from} to ${to}`, strains, nca.SPREAD);
}

/** A rule alone on its grid, for the user to wound. */
async function lifeScene(name: string): Promise<nca.Scene> {
  const emoji = name.split("-")[0];
  const title = name === emoji ? `${emoji} grows` : `${emoji} heals`;
  return nca.sceneOf(title, [await strain(name, emoji)], nca.SPREAD);
}

/** A rule of one's own, by its file or its name in models/: with its picture, or with what it grows where that is gone. */
export async function ownScene(file: string): Promise<nca.Scene> {
  const path = modelNames().includes(file) && !existsSync(file) ? modelPath(file) : file;
  const checkpoint = await nca.loadCheckpoint(path);
  const { rule } = checkpoint;
  const { size, padding, target: picture } = rememberedOf(checkpoint, path);
  const isThere = picture !== undefined && existsSync(picture);
  const side = rule.grid?.height ?? size + 2 * padding;
  const target = isThere
    ? await targetLike(checkpoint, path, { target: picture })
    : await grownPicture(rule, side);
  const name = basename(path).replace(/\.\w+$/, "");
  return nca.sceneOf(name, [{ name, rule, target }], nca.SPREAD);
}

/** All scenes there are models for: infections first, then patterns that heal. */
export async function scenes(): Promise<nca.Scene[]> {
  const names = modelNames();
  const infections = names.filter((name) => INFECTION.test(name));
  const healing = names.filter((name) => name.endsWith("-regenerating"));
  const lives = healing.length > 0 ? healing : persistentEmoji();
  return Promise.all([...infections.map(infectionScene), ...lives.map(lifeScene)]);
}
