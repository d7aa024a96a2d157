// The scenes of the playground, from the rules in models/.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/root.mjs";
import * as nca from "../lib/index.js";

const MODELS = join(root, "models");
/** "bird-to-lizard", the name of an infection's file, and of its cure's, "bird-to-lizard-cure". */
const INFECTION = /^(\w+)-to-(\w+)$/;

const model = (name: string) => nca.load(join(MODELS, `${name}.safetensors`));

async function strain(name: string, emoji: string): Promise<nca.SceneStrain> {
  const target = await nca.loadTarget(join(root, `targets/${emoji}.png`));
  return { name: emoji, rule: await model(name), target };
}

/** Host, infection and, where there is one, its cure. */
async function infectionScene(name: string): Promise<nca.Scene> {
  const [, from, to] = INFECTION.exec(name)!;
  const strains = [await strain(from, from), await strain(name, to)];
  const cure = `${name}-cure`;
  if (existsSync(join(MODELS, `${cure}.safetensors`)))
    strains.push({ ...(await strain(cure, from)), name: `${from} again` });
  const [host, ...others] = strains.map(({ rule }) => rule);
  const { spread } = others.reduce((all, rule) => nca.withStrain(all, rule, nca.SPREAD), nca.strainsOf(host));
  return { title: `${from} to ${to}`, strains, spread };
}

/** A rule alone on its grid: to wound. */
async function lifeScene(name: string): Promise<nca.Scene> {
  const emoji = name.split("-")[0];
  const title = name === emoji ? `${emoji} grows` : `${emoji} heals`;
  return { title, strains: [await strain(name, emoji)], spread: [[0]] };
}

/** All scenes there are models for: infections first, then patterns that heal. */
export async function scenes(): Promise<nca.Scene[]> {
  const names = readdirSync(MODELS)
    .filter((file) => file.endsWith(".safetensors"))
    .map((file) => file.replace(".safetensors", ""))
    .sort();
  const infections = names.filter((name) => INFECTION.test(name));
  const healing = names.filter((name) => name.endsWith("-regenerating"));
  const lives = healing.length > 0 ? healing : names.filter((name) => /^\w+$/.test(name));
  return Promise.all([...infections.map(infectionScene), ...lives.map(lifeScene)]);
}
