// The drawing board, pictures on it, and links that hold what was learned: all without a page.

import assert from "node:assert/strict";
import test from "node:test";
import { Board, CLEAR, type Ink } from "../../lib/page/draw/board.js";
import { growLesson, infectLesson } from "../../lib/page/draw/lessons.js";
import { shrunk, withoutBackground } from "../../lib/page/draw/pictures.js";
import { decodeLink, encodeLink, in8Bits } from "../../lib/page/keep/link.js";
import { createRule, fingerprint, PARAMETERS } from "../../lib/rule/rule.js";

const RED: Ink = [255, 0, 0, 255];
const inked = (board: Board) =>
  Array.from({ length: board.size ** 2 }, (_, i) => i).filter((i) => board.data[i * 4 + 3] > 0);

test("a dot is as wide as was asked for, mirrored where that is wanted, and never beyond the board", () => {
  const board = new Board(16);
  board.dot(0, 0, RED, { width: 3, isMirrored: true });
  assert.deepEqual(inked(board), [0, 1, 14, 15, 16, 17, 30, 31]);
  board.dot(0, 0, CLEAR, { width: 5, isMirrored: true });
  assert.ok(board.isEmpty);
});

test("fill stops at other colours; undo and wipe bring back what was there", () => {
  const board = new Board(16);
  for (let y = 0; y < 16; y++) board.dot(8, y, RED);
  board.remember();
  board.fill(2, 2, [0, 0, 255, 255]);
  assert.deepEqual(board.inkAt(7, 15), [0, 0, 255, 255]);
  assert.deepEqual(board.inkAt(9, 0), [...CLEAR]);
  board.undo();
  assert.equal(inked(board).length, 16);
  assert.equal(board.undoable, 0);
});

test("a picture is shrunk without its margins, and loses a background of one colour", () => {
  const data = new Uint8ClampedArray(100 * 100 * 4);
  for (let y = 40; y < 60; y++) for (let x = 30; x < 70; x++) data.set(RED, (y * 100 + x) * 4);
  const small = shrunk({ data, width: 100, height: 100 }, 16);
  const opaque = Array.from({ length: 256 }, (_, i) => i).filter((i) => small[i * 4 + 3] > 128);
  assert.equal(opaque.length, 16 * 8, "40 x 20 px fill 16 x 8 cells");
  const paper = new Uint8ClampedArray(16 * 16 * 4).fill(255);
  for (const x of [6, 7, 8]) paper.set(RED, (8 * 16 + x) * 4);
  const cut = withoutBackground(paper, 16);
  assert.equal(cut.filter((value, i) => i % 4 === 3 && value > 0).length, 3);
});

test("separate bodies each get a seed, and an infection keeps its host's grid", () => {
  const board = new Board(16);
  board.dot(2, 2, RED, { width: 3, isMirrored: true });
  const start = createRule({ hidden: 4 });
  assert.equal(growLesson(board.drawing, start).start.grid?.seeds.length, 2);
  const infect = infectLesson(board.drawing, start, 72);
  assert.equal(infect.target.height, 72);
  assert.throws(() => growLesson(new Board(16).drawing, start), /transparent/);
});

test("a link says what was shared, and a rule in it is the rule in 8 bits", () => {
  const scene = { offer: "bird", variant: "bird-to-lizard", rngSeed: 7, side: 128, turn: 0.5 };
  assert.deepEqual(decodeLink(encodeLink(scene)), scene);
  const grid = { height: 28, width: 28, seeds: [{ dx: 1, dy: -2 }] };
  const rule = { ...createRule({ hidden: 32, rngSeed: 3 }), grid };
  rule.parameters.w2.forEach((_, i) => {
    rule.parameters.w2[i] = Math.sin(i);
  });
  const drawing = { size: 16, data: Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, i) => i % 256) };
  const own = { name: "frog", rule, drawing, side: 28, isInfection: false };
  const read = decodeLink(encodeLink({ own, rngSeed: 0 })).own!;
  assert.equal(fingerprint(read.rule), fingerprint(in8Bits(rule)));
  assert.notEqual(fingerprint(read.rule), fingerprint(rule));
  assert.deepEqual({ ...read, rule: undefined }, { ...own, rule: undefined });
  assert.deepEqual(read.rule.grid, grid);
  for (const name of PARAMETERS) {
    const most = rule.parameters[name].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    read.rule.parameters[name].forEach((x, i) => {
      assert.ok(Math.abs(x - rule.parameters[name][i]) <= most / 254 + 1e-7);
    });
  }
});

test("a link is refused that would freeze the page", () => {
  const drawing = { size: 8, data: new Uint8ClampedArray(8 * 8 * 4) };
  const huge = {
    ...createRule({ hidden: 2 }),
    grid: { height: 4096, width: 4096, seeds: [{ dx: 0, dy: 0 }] },
  };
  const own = { name: "x", rule: huge, drawing, side: 12, isInfection: false };
  assert.throws(() => decodeLink(encodeLink({ own, rngSeed: 0 })), /damaged, or of a later version/);
  for (const turn of [Number.NaN, [1] as unknown as number, 99])
    assert.throws(() => decodeLink(encodeLink({ rngSeed: 0, turn })), { name: "InvalidInputError" });
});
