// What the page offers, from the rules in models/: a tile for every creature, and what can happen to it.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import { FileError } from "../../lib/cells/errors.js";
import { SPREAD } from "../../lib/node.js";
import type { Catalogue, OfferFiles, StrainFiles, VariantFiles } from "../../lib/page/offers.js";
import { spreadOf } from "../../lib/page/scene.js";
import { oneOf, touchSentence } from "../../lib/page/words.js";
import { binderOf, githubPath } from "../links.js";
import { modelNames } from "../shared/models.js";
import { Facts } from "./facts.js";

/** The first creatures that a visitor sees; the others come after them by name. */
const FIRST = ["bird", "lizard", "mushroom", "coffin"];
/** What the bird becomes at the first touch. */
const FIRST_INFECTION = "bird-to-lizard";

/** The emoji that a rule's pattern shows in the end, by the rule's name. */
function shownBy(name: string): string {
  const [, from, to, isCure] = /^(\w+)-to-(\w+?)(-cure)?$/.exec(name) ?? [];
  return to === undefined ? name.split("-")[0] : isCure ? from : to;
}

const hasPicture = (emoji: string) => existsSync(join(root, `targets/${emoji}.png`));

/** Addresses of a rule's file and of a picture in the site. */
export interface Addresses {
  rule(name: string): string;
  picture(emoji: string): string;
}

/** Where the story leads to: the project's own pages where it says where it is, and the articles. */
function pages(): Catalogue["links"] {
  const path = githubPath(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const own = path
    ? [
        { label: "The code", address: `https://github.com/${path}` },
        { label: "The notebooks", address: `https://github.com/${path}/tree/HEAD/notebooks` },
        { label: "Open in Binder", address: binderOf(path, "basic_walkthrough.ipynb") },
      ]
    : [];
  return [
    ...own,
    {
      label: "Growing Neural Cellular Automata, Distill 2020",
      address: "https://distill.pub/2020/growing-ca/",
    },
    {
      label: "Differentiable Self-organizing Systems, the thread",
      address: "https://distill.pub/2020/selforg/",
    },
    {
      label: "differentiable-morphogenesis, the PyTorch project that this one ports",
      address: "https://github.com/Mayukhdeb/differentiable-morphogenesis",
    },
    {
      label: "Cellular automata as convolutional neural networks",
      address: "https://arxiv.org/abs/1809.02942",
    },
    { label: "Whose work this page holds, and its licences", address: "licences.txt" },
  ];
}

export function catalogueOf(addresses: Addresses): Catalogue {
  const known = new Facts();
  const names = modelNames().filter((name) => hasPicture(shownBy(name)));
  const strain = (rule: string, emoji: string, name = emoji): StrainFiles => ({
    name,
    rule: addresses.rule(rule),
    picture: addresses.picture(emoji),
  });
  const bodies = names.filter((name) => !name.includes("-"));
  const creatures = [
    ...FIRST.filter((name) => bodies.includes(name)),
    ...bodies.filter((name) => !FIRST.includes(name)),
  ];
  const infectionsOf = (emoji: string): VariantFiles[] =>
    names
      .filter((name) => name.startsWith(`${emoji}-to-`) && !name.endsWith("-cure"))
      .sort((one, other) => Number(other === FIRST_INFECTION) - Number(one === FIRST_INFECTION))
      .map((name) => {
        const other = name.slice(`${emoji}-to-`.length);
        const cure = `${name}-cure`;
        const strains = [strain(emoji, emoji), strain(name, other)];
        if (names.includes(cure)) strains.push(strain(cure, emoji, `cured ${emoji}`));
        return {
          id: name,
          label: `becomes ${oneOf(other)}`,
          sentence: touchSentence(emoji, oneOf(other)),
          facts: known.infection(name),
          strains,
          spread: spreadOf(strains.length, SPREAD),
        };
      });
  const alone = (rule: string, emoji: string, label: string, sentence: string): VariantFiles => ({
    id: rule,
    label,
    sentence,
    facts: known.healing(rule),
    strains: [strain(rule, emoji)],
    spread: [[0]],
  });
  const comparison = (emoji: string): VariantFiles[] => {
    const kinds = [
      [`${emoji}-growing`, "only grows"],
      [emoji, "keeps its picture"],
      [`${emoji}-regenerating`, "heals"],
    ].filter(([rule]) => names.includes(rule));
    if (kinds.length < 3) return [];
    return [
      {
        id: `${emoji}-compared`,
        label: "compare three ways to learn",
        sentence: "A wound to one cuts all three. Which comes back?",
        strains: kinds.map(([rule, what]) => strain(rule, emoji, what)),
        spread: spreadOf(kinds.length, 0),
        isApart: true,
      },
    ];
  };
  const offers = creatures.map((emoji): OfferFiles => {
    const healing = [`${emoji}-regenerating`, emoji].find((rule) => names.includes(rule))!;
    return {
      id: emoji,
      label: emoji,
      picture: addresses.picture(emoji),
      variants: [
        ...infectionsOf(emoji),
        known.healsWell(healing)
          ? alone(healing, emoji, "heals", `Wound the ${emoji}: it heals.`)
          : alone(healing, emoji, "lives", `The ${emoji} keeps its picture. Wound it, and look.`),
        ...comparison(emoji),
      ],
    };
  });
  const host = bodies.includes("bird") ? "bird" : bodies[0];
  if (!host)
    throw new FileError("models/ has no rule that grows a picture of targets/; expected bird.safetensors.");
  const start = [`${host}-regenerating`, host].find((name) => names.includes(name))!;
  return {
    offers,
    start: addresses.rule(start),
    host: strain(host, host),
    facts: known.story,
    links: pages(),
  };
}
