import assert from "node:assert/strict";
import test from "node:test";
import {
  automatonOf,
  elementary,
  entropyOf,
  lifeLike,
  randomAutomaton,
} from "../../lib/automaton/automaton.js";
import { type Board, boardsOf, cellsOfBoards, nextBoard, randomBoard } from "../../lib/automaton/board.js";
import {
  boundaryOf,
  censusOf,
  contradictionsIn,
  randomTransitions,
  surprisesIn,
  transitionsOf,
  unseenIn,
} from "../../lib/automaton/census.js";
import { automatonTask, learnAutomaton } from "../../lib/automaton/learn.js";
import { automatonIn, boardAfter, LIFE_COLOUR, ruleOfAutomaton } from "../../lib/automaton/network.js";
import { inWords } from "../../lib/automaton/words.js";
import { Random } from "../../lib/cells/random.js";
import { batchOf } from "../../lib/cells/sample.js";
import { defaultEngine, engineNamed } from "../../lib/engine/engines.js";
import { canFuse } from "../../lib/engine/wasm/fused.js";
import { in8Bits } from "../../lib/page/keep/link.js";
import { seedFor } from "../../lib/rule/seeds.js";
import { ENGINES } from "../engine/engines.js";

const LIFE = lifeLike("B3/S23");

/** A board drawn in text: # for a living cell. */
function drawn(...rows: string[]): Board {
  const cells = Uint8Array.from([...rows.join("")], (cell) => Number(cell === "#"));
  return { height: rows.length, width: rows[0].length, cells };
}

test("a glider is itself after four generations, a cell further on, and around a torus", () => {
  const glider = drawn(".#....", "..#...", "###...", "......", "......", "......");
  let board = glider;
  for (let i = 0; i < 4; i++) board = nextBoard(board, LIFE, "torus");
  assert.deepEqual(board, drawn("......", "..#...", "...#..", ".###..", "......", "......"));
  for (let i = 4; i < 24; i++) board = nextBoard(board, LIFE, "torus");
  assert.deepEqual(board, glider);
});

test("beyond the edge is nothing, where that is said", () => {
  const row = drawn("###.....");
  assert.deepEqual(nextBoard(row, elementary(2), "torus"), drawn(".......#"));
  assert.deepEqual(nextBoard(row, elementary(2), "zero"), drawn("........"));
});

test("elementary automata are numbered as Wolfram does", () => {
  let board = drawn("....#....");
  board = nextBoard(board, elementary(30), "zero");
  assert.deepEqual(board, drawn("...###..."));
  assert.deepEqual(nextBoard(board, elementary(30), "zero"), drawn("..##..#.."));
  assert.throws(() => elementary(256), /elementary rule is 256; expected an integer from 0 to 255/);
  assert.throws(() => lifeLike("23/3"), /"23\/3" is no rule of this kind; expected one such as "B3\/S23"/);
});

test("entropy is 0 for one outcome, 1 for two in equal numbers", () => {
  assert.equal(entropyOf(automatonOf(() => false)), 0);
  assert.equal(entropyOf(automatonOf((index) => index % 2 === 0)), 1);
});

test("a rule made from a table is that automaton for ever, on every engine and boundary", async () => {
  const engines = canFuse() === true ? [...ENGINES, engineNamed("fused")] : ENGINES;
  for (const [engine, boundary] of engines.flatMap((one) => [
    [one, "torus"] as const,
    [one, "zero"] as const,
  ])) {
    const automaton = randomAutomaton(3, 0.4);
    const rule = ruleOfAutomaton(automaton, { boundary, board: drawn(".#.", "#..") });
    assert.deepEqual(await automatonIn(rule, { engine }), automaton);
    assert.deepEqual(boardsOf(seedFor(rule, rule.grid!)), [drawn(".#.", "#..")]);
    let board = randomBoard(new Random(1), 9, 14);
    const grown = await engine.grow(rule, cellsOfBoards([board]), { steps: 40, rngSeed: 0 });
    for (let i = 0; i < 40; i++) board = nextBoard(board, automaton, boundary);
    assert.deepEqual(boardsOf(grown), [board]);
    const painted = [...LIFE_COLOUR, 1];
    assert.ok(grown.data.every((value, i) => value === 0 || value === painted[i % 4]));
  }
});

test("a shared link keeps the automaton, to the last bit", () => {
  const rule = ruleOfAutomaton(LIFE);
  assert.deepEqual(in8Bits(rule).parameters, rule.parameters);
});

test("a network finds the Game of Life from random boards, all 512 neighbourhoods, and lives on as it does", async () => {
  const { rule, automaton, wrong, census } = await learnAutomaton(randomTransitions(LIFE));
  assert.deepEqual([automaton, wrong, unseenIn(census)], [LIFE, [], []]);
  let board = randomBoard(new Random(5), 24, 24);
  for (let i = 0; i < 50; i++) {
    const next = await boardAfter(rule, board);
    assert.deepEqual(next, nextBoard(board, LIFE, "torus"));
    board = next;
  }
});

test("what a census says: boundary, neighbourhoods never seen, contradictions", () => {
  for (const boundary of ["torus", "zero"] as const) {
    const seen = randomTransitions(LIFE, { boards: 4, boundary });
    assert.equal(boundaryOf(seen), boundary);
    assert.equal(contradictionsIn(censusOf(seen, boundary)), 0);
  }
  const still = drawn("....", ".##.", ".##.", "....");
  const census = censusOf(transitionsOf([still, still]), "zero");
  assert.equal(unseenIn(census).length, 512 - 16);
});

test("boards that are wrong are found, and the automaton all the same", async () => {
  let board = randomBoard(new Random(2), 30, 30);
  const boards = [board];
  for (let i = 0; i < 20; i++) {
    board = nextBoard(board, LIFE, "torus");
    boards.push(board);
  }
  const noisy = boards.map((one, i) =>
    i === 7 ? { ...one, cells: one.cells.map((cell, at) => (at % 100 === 3 ? 1 - cell : cell)) } : one,
  );
  const transitions = transitionsOf(noisy);
  const { automaton, boundary, census } = await learnAutomaton(transitions, { boundary: "torus" });
  assert.match(inWords(automaton, unseenIn(census)), /^B3\/S23: /);
  const surprises = surprisesIn(automaton, transitions, boundary);
  assert.deepEqual(
    [...surprises.keys()].filter((i) => surprises[i] > 0),
    [6, 7],
  );
});

test("words for what was found, and for what was not seen", () => {
  assert.equal(inWords(LIFE), "B3/S23: a cell is born with 3 living neighbours, and survives with 2, 3.");
  assert.match(inWords(LIFE, [1, 2]), /^B3\/S23: .* with 2, 3\. 2 of 512 neighbourhoods were never seen\.$/);
  assert.match(
    inWords(LIFE, [0]),
    /^B3\/S23: .*; what becomes of a dead cell with 0 is not known\. 1 of 512/,
  );
  assert.equal(inWords(elementary(110)), "Elementary rule 110: the left, the own and the right cell decide.");
  const left = automatonOf((index) => ((index >> 3) & 1) === 1 || ((index >> 1) & 1) === 1);
  assert.equal(inWords(left), "Of 512 neighbourhoods 384 make a living cell; what decides: upper, left.");
});

test("the task's gradient is that of its losses", async () => {
  const task = automatonTask(
    randomTransitions(LIFE, { boards: 2, height: 5, width: 6, boundary: "zero" }),
    "zero",
  );
  const random = new Random(4);
  const batch = batchOf([
    await task.fresh(random, defaultEngine()),
    await task.fresh(random, defaultEngine()),
  ]);
  for (let i = 0; i < batch.cells.data.length; i++) batch.cells.data[i] = random.uniform();
  const slopes = Float64Array.of(1, 0.5);
  const gradient = task.gradient(batch, slopes);
  const loss = () => task.losses(batch).reduce((sum, one, i) => sum + (slopes[i] * one) / 2, 0);
  for (let i = 0; i < gradient.length; i += 7) {
    const value = batch.cells.data[i];
    const at = (to: number) => {
      batch.cells.data[i] = to;
      return loss();
    };
    const slope = (at(value + 1e-2) - at(value - 1e-2)) / 2e-2;
    batch.cells.data[i] = value;
    assert.ok(Math.abs(slope - gradient[i]) < 1e-5, `${i}: ${slope}, ${gradient[i]}`);
  }
});

test("boards that cannot be watched", () => {
  assert.throws(() => automatonTask([], "torus"), /nothing to watch; expected two boards or more/);
  const [one] = randomTransitions(LIFE, { boards: 1 });
  const other = randomBoard(new Random(1), 3, 4);
  assert.throws(
    () => automatonTask([{ ...one, after: other }], "torus"),
    /A board is 3 x 4, the first 16 x 16/,
  );
  const broken = { ...one.before, cells: one.before.cells.map(() => 2) };
  assert.throws(
    () => automatonTask([{ ...one, before: broken }], "torus"),
    /16 x 16 holds 256 cells up to 2; expected 256, each 0 or 1/,
  );
});
