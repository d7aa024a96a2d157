// npm run life: a network watches boards and finds the automaton behind them.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { combine } from "../lib/cells/random.js";
import { readFileChecked } from "../lib/io/atomic.js";
import type { Automaton, Board, Learned, LearnOptions, Transition } from "../lib/node.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, flag, jsonFlag, rngSeedFlag, whole } from "./shared/flags.js";
import { Progress } from "./shared/progress.js";
import { UsageError } from "./shared/usage.js";

const SURVEYS = ["elementary", "random"] as const;
/** Random automata of a survey, and the generations and side of a board on which one that was learned is tried. */
const RANDOM = 100;
const [GENERATIONS, SIDE] = [1000, 64];
const MOST_BYTES = 64 * 2 ** 20;

export const lifeFlags = command("life", "A network watches boards and finds the automaton behind them.", [
  "--rule B3/S23",
  "--gif somebodys.gif --out found.safetensors",
  "--survey random --json",
])
  .optionsGroup("What is watched, one of these:")
  .addOption(
    flag(
      "--rule <name>",
      "random boards of an automaton that counts neighbours, B3/S23, or of an elementary one, 0 to 255",
      "a rule such as B3/S23, or a number from 0 to 255",
      (text) => (/^(B[0-8]*\/S[0-8]*|\d{1,3})$/i.test(text) ? text : undefined),
    ),
  )
  .addOption(file("--gif <file>", "an animation of squares in two colours"))
  .addOption(
    new Option(
      "--life <colour>",
      "in a gif, what lives, dark or light; the rarer colour if not given",
    ).choices(["dark", "light"] as const),
  )
  .addOption(
    new Option(
      "--survey <which>",
      `elementary, all 256 of them, or random, ${RANDOM} of 3x3 cells: how hard is each to learn? It takes minutes`,
    ).choices(SURVEYS),
  )
  .optionsGroup("How:")
  .addOption(
    whole("--boards <number>", "random boards of 16 x 16 cells that are watched", 1, 4096).default(32),
  )
  .addOption(whole("--hidden <number>", "hidden units of the network", 1, 4096).default(256))
  .addOption(whole("--steps <number>", "training steps at most, for each automaton", 1, 1e6).default(6000))
  .addOption(rngSeedFlag("the boards, the weights and the training"))
  .addOption(
    file(
      "--out <file>",
      "the automaton that was found, as a rule that never drifts and starts from the last board; a .safetensors file",
    ),
  )
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(new Option("--force", "write over a file that is there"))
  .addOption(engineFlag());

type Nca = typeof import("../lib/node.js");

/** One automaton of which all is known, and what a network found. */
interface Verified {
  readonly name: string;
  readonly entropy: number;
  readonly trainingSteps: number;
  /** Neighbourhoods that occurred among what was watched, and how many of all 512 the network has wrong. */
  readonly seen: number;
  readonly wrong: number;
  readonly seconds: number;
}

async function verified(
  nca: Nca,
  name: string,
  automaton: Automaton,
  boards: number,
  options: LearnOptions,
): Promise<Verified & { readonly learned: Learned }> {
  const { rngSeed } = options;
  const start = performance.now();
  const learned = await nca.learnAutomaton(nca.randomTransitions(automaton, { boards, rngSeed }), options);
  const wrong = learned.automaton.table.filter((cell, index) => cell !== automaton.table[index]).length;
  return {
    name,
    entropy: nca.entropyOf(automaton),
    trainingSteps: learned.steps,
    seen: nca.NEIGHBOURHOODS - nca.unseenIn(learned.census).length,
    wrong,
    seconds: (performance.now() - start) / 1000,
    learned,
  };
}

/** Keeps the board on which an automaton is tried apart from those that were watched. */
const BOARD_STREAM = 8;
const boardStream = (nca: Nca, rngSeed = 0) => new nca.Random(combine(rngSeed, BOARD_STREAM));

/** For how many generations the network lives exactly as the automaton does, from a random board on a torus. */
async function exactFor(
  nca: Nca,
  { rule }: Learned,
  automaton: Automaton,
  options: LearnOptions,
): Promise<number> {
  let board = nca.randomBoard(boardStream(nca, options.rngSeed), SIDE, SIDE);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const expected = nca.nextBoard(board, automaton, "torus");
    board = await nca.boardAfter(rule, board, options);
    if (board.cells.some((cell, at) => cell !== expected.cells[at])) return generation;
  }
  return GENERATIONS;
}

/** The random automata of a survey: the share of neighbourhoods that make a living cell goes from one in 200 to half. */
function surveyed(nca: Nca, which: (typeof SURVEYS)[number]): { name: string; automaton: Automaton }[] {
  if (which === "elementary")
    return Array.from({ length: 256 }, (_, rule) => ({ name: `${rule}`, automaton: nca.elementary(rule) }));
  return Array.from({ length: RANDOM }, (_, i) => {
    const alive = (i + 1) / (2 * RANDOM);
    return { name: `random ${i}, ${alive}`, automaton: nca.randomAutomaton(i, alive) };
  });
}

const line = (one: Verified) =>
  `${one.name.padEnd(18)} entropy ${one.entropy.toFixed(3)}  ${`${one.trainingSteps}`.padStart(5)} training steps  ` +
  `${one.seen} of 512 seen, ${one.wrong} wrong  ${one.seconds.toFixed(1)} s\n`;

await runCommand(import.meta.url, lifeFlags, async ({ values }) => {
  const { rule, gif, survey, out, boards, hidden, steps, rngSeed } = values;
  if ([rule, gif, survey].filter((one) => one !== undefined).length !== 1)
    throw new UsageError("Give one of --rule, --gif and --survey.");
  if (values.life !== undefined && gif === undefined)
    throw new UsageError("--life says what lives in a gif; it goes with --gif.");
  if (out !== undefined && !out.endsWith(".safetensors"))
    throw new UsageError(`--out is "${out}"; expected a .safetensors file.`);
  if (out !== undefined && !existsSync(dirname(out)))
    throw new UsageError(`--out is "${out}"; the folder ${dirname(out)} does not exist.`);
  if (out !== undefined && survey !== undefined)
    throw new UsageError("--out takes one automaton; it does not go with --survey.");
  if (out !== undefined && existsSync(out) && !values.force)
    throw new UsageError(`${out} is there already, and would be lost: give another --out, or --force.`);
  const nca = await import("../lib/node.js");
  const options = { hidden, steps, rngSeed, engine: engineOf(values) };
  const write = (json: unknown, text: string) =>
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : text);
  const keep = async (learned: Learned, board: Board) => {
    if (out === undefined) return;
    await nca.save(nca.ruleOfAutomaton(learned.automaton, { boundary: learned.boundary, board }), out);
    console.error(`Wrote ${out}.`);
  };
  if (survey !== undefined) {
    const results: Verified[] = [];
    const all = surveyed(nca, survey);
    const progress = new Progress(all.length, 0, "automata");
    for (const { name, automaton } of all) {
      const { learned: _, ...one } = await verified(nca, name, automaton, boards, options);
      results.push(one);
      progress.update(results.length, `${one.trainingSteps} training steps`);
      if (!values.json) process.stdout.write(line(one));
    }
    const right = results.filter(({ wrong }) => wrong === 0).length;
    const training = nca.median(results.map(({ trainingSteps }) => trainingSteps));
    write(
      { results, right },
      `All 512 neighbourhoods right: ${right} of ${results.length}; training steps, median: ${training}\n`,
    );
    return;
  }
  if (rule !== undefined) {
    const automaton = /^\d/.test(rule) ? nca.elementary(Number(rule)) : nca.lifeLike(rule);
    const { learned, ...one } = await verified(nca, rule, automaton, boards, options);
    const exact = await exactFor(nca, learned, automaton, options);
    write(
      { ...one, exactGenerations: exact },
      `${line(one)}${nca.inWords(learned.automaton, nca.unseenIn(learned.census))}\n` +
        `Exact on a torus of ${SIDE} x ${SIDE} cells: ${exact} of ${GENERATIONS} generations\n`,
    );
    return keep(learned, nca.randomBoard(boardStream(nca, rngSeed), SIDE, SIDE));
  }
  const watched: Transition[] = nca.transitionsOf(
    nca.boardsOfGif(await readFileChecked(gif!, MOST_BYTES), { life: values.life, where: gif }),
  );
  const learned = await nca.learnAutomaton(watched, options);
  const unseen = nca.unseenIn(learned.census);
  const surprises = nca.surprisesIn(learned.automaton, watched, learned.boundary);
  const frames = [...surprises.keys()].filter((i) => surprises[i] > 0);
  const [{ before }] = watched;
  write(
    {
      boards: watched.length + 1,
      height: before.height,
      width: before.width,
      boundary: learned.boundary,
      trainingSteps: learned.steps,
      table: [...learned.automaton.table].join(""),
      unseen,
      words: nca.inWords(learned.automaton, unseen),
      surprises,
    },
    `${watched.length + 1} boards of ${before.height} x ${before.width} cells, ${learned.boundary === "torus" ? "on a torus" : "with nothing beyond the edge"}\n` +
      `${nca.inWords(learned.automaton, unseen)}\n` +
      (frames.length === 0
        ? "It explains every cell of every board.\n"
        : frames
            .map((i) => `Board ${i + 2}: ${surprises[i]} cells are not what it makes of board ${i + 1}\n`)
            .join("")),
  );
  return keep(learned, watched[watched.length - 1].after);
});
