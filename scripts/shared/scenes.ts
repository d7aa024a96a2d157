// The scenes of the playground, from the rules in models/.

import * as nca from "../../lib/index.js";
import { model, modelNames, persistentEmoji, targetNamed } from "./models.js";

const INFECTION = /^(\w+)-to-(\w+)$/;

async function strain(name: string, emoji: string): Promise<nca.SceneStrain> {
  return { name: emoji, rule: await model(name), target: await targetNamed(emoji) };
}

/** Host, infection and, where there is one, its cure. */
async function infectionScene(name: string): Promise<nca.Scene> {
  const [, from, to] = INFECTION.exec(name)!;
  const strains = [await strain(from, from), await strain(name, to)];
  const cure = `${name}-cure`;
  if (modelNames().includes(cure)) strains.push({ ...(await strain(cure, from)), name: `${from} again` });
  return nca.sceneOf(`${from} to ${to}`, strains, nca.SPREAD);
}

/** A rule alone on its grid, for the user to wound. */
async function lifeScene(name: string): Promise<nca.Scene> {
  const emoji = name.split("-")[0];
  const title = name === emoji ? `${emoji} grows` : `${emoji} heals`;
  return nca.sceneOf(title, [await strain(name, emoji)], nca.SPREAD);
}

/** All scenes there are models for: infections first, then patterns that heal. */
export async function scenes(): Promise<nca.Scene[]> {
  const names = modelNames();
  const infections = names.filter((name) => INFECTION.test(name));
  const healing = names.filter((name) => name.endsWith("-regenerating"));
  const lives = healing.length > 0 ? healing : persistentEmoji();
  return Promise.all([...infections.map(infectionScene), ...lives.map(lifeScene)]);
}
