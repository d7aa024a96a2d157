// Automata on the page: a network finds each from random boards while the page is built, and the page runs what it found.

import { encode } from "fast-png";
import { pixelsOfBoard } from "../../lib/automaton/network.js";
import {
  type Board,
  learnAutomaton,
  lifeLike,
  NEIGHBOURHOODS,
  nextBoard,
  randomTransitions,
  ruleOfAutomaton,
} from "../../lib/core.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import type { OfferFiles, VariantFiles } from "../../lib/page/offers.js";
import type { Put } from "./chapters.js";

/** Sides of the board, and of its middle that stands for it. */
const [SIDE, SHOWN] = [72, 40];

interface Shown {
  readonly id: string;
  readonly notation: string;
  readonly label: string;
  readonly sentence: string;
  /** What it starts from, # for a living cell. */
  readonly start: readonly string[];
  /** Generations after which it is drawn. */
  readonly drawn: number;
}

const AUTOMATA: readonly Shown[] = [
  {
    id: "life",
    notation: "B3/S23",
    label: "Conway's Game of Life",
    sentence: "Seven cells, and a rule that a network found by watching boards. Wound it, or plant more.",
    start: [".#.....", "...#...", "##..###"], // the acorn
    drawn: 60,
  },
  {
    id: "highlife",
    notation: "B36/S23",
    label: "HighLife: a pattern copies itself",
    sentence: "Born with three neighbours or with six: this pattern makes copies of itself.",
    start: ["..###", ".#..#", "#...#", "#..#.", "###.."],
    drawn: 48,
  },
  {
    id: "copies",
    notation: "B1357/S1357",
    label: "a rule that copies everything",
    sentence: "A cell lives where an odd number of cells around it did: whatever you plant is copied.",
    start: ["#####", "#....", "####.", "#....", "#...."],
    drawn: 16,
  },
];

/** A board with a few cells in its middle. */
function boardOf(rows: readonly string[]): Board {
  const cells = new Uint8Array(SIDE * SIDE);
  const [top, left] = [(SIDE - rows.length) >> 1, (SIDE - rows[0].length) >> 1];
  rows.forEach((row, y) => {
    [...row].forEach((cell, x) => {
      cells[(top + y) * SIDE + left + x] = Number(cell === "#");
    });
  });
  return { height: SIDE, width: SIDE, cells };
}

/** A tile of automata. */
export async function automataOffer(put: Put): Promise<OfferFiles> {
  const variants: VariantFiles[] = [];
  const pictures: string[] = [];
  for (const { id, notation, label, sentence, start, drawn } of AUTOMATA) {
    const known = lifeLike(notation);
    const { automaton, steps } = await learnAutomaton(randomTransitions(known));
    const right = automaton.table.filter((cell, index) => cell === known.table[index]).length;
    const board = boardOf(start);
    let shown = board;
    for (let i = 0; i < drawn; i++) shown = nextBoard(shown, automaton, "torus");
    const picture = put(
      "pictures/",
      `${id}.png`,
      encode({ width: SHOWN, height: SHOWN, data: pixelsOfBoard(shown, SHOWN), channels: 4 }),
    );
    const rule = put("rules/", `${id}.safetensors`, encodeRule(ruleOfAutomaton(automaton, { board })));
    pictures.push(picture);
    variants.push({
      id,
      label,
      sentence,
      facts: `${notation}: ${right} of ${NEIGHBOURHOODS} neighbourhoods right after ${steps} training steps.`,
      strains: [{ name: label, rule, picture }],
      spread: [[0]],
    });
  }
  return { id: "life", label: "Game of Life", picture: pictures[0], variants };
}
