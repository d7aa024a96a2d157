// Boards of a gif: ours, and those of another program, ffmpeg, where there is one.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { boardsOfGif } from "../../lib/automaton/animation.js";
import { lifeLike } from "../../lib/automaton/automaton.js";
import { type Board, cellsOfBoards, nextBoard, randomBoard } from "../../lib/automaton/board.js";
import { Random } from "../../lib/cells/random.js";
import { gif } from "../../lib/view/gif.js";

const folder = mkdtempSync(join(tmpdir(), "animation-"));
after(() => rmSync(folder, { recursive: true }));

const boards: Board[] = [randomBoard(new Random(1), 18, 26, 0.35)];
for (let i = 0; i < 24; i++) boards.push(nextBoard(boards[i], lifeLike("B3/S23"), "torus"));
const frames = boards.map((board) => cellsOfBoards([board]));

for (const scale of [1, 4, 7]) {
  test(`a gif with cells of ${scale} px gives its boards back`, () => {
    assert.deepEqual(boardsOfGif(gif(frames, { scale }).bytes), boards);
  });
}

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

test("a gif that another program wrote, with a margin, other colours and every frame twice", {
  skip: !hasFfmpeg && "there is no ffmpeg",
}, () => {
  const path = join(folder, "in.gif");
  writeFileSync(path, gif(frames, { scale: 5 }).bytes);
  const out = join(folder, "out.gif");
  const filter =
    "fps=20,pad=iw+13:ih+6:9:3:white,lutrgb=r='if(gt(val,128),20,250)':g='if(gt(val,128),30,220)':b='if(gt(val,128),60,90)'";
  const { status, stderr } = spawnSync("ffmpeg", ["-y", "-i", path, "-vf", filter, out], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const found = boardsOfGif(readFileSync(out), { life: "light" });
  const { height, width } = found[0];
  assert.ok(height >= 18 && width >= 26 && found.length >= 20, `${found.length} of ${height} x ${width}`);
  const live = (board: Board) => board.cells.reduce((sum, cell) => sum + cell, 0);
  assert.deepEqual(found.map(live), boards.slice(0, found.length).map(live));
});

test("gifs that show no automaton are refused with what is wrong", () => {
  assert.throws(() => boardsOfGif(Uint8Array.of(1, 2, 3)), /no gif that can be read/);
  assert.throws(() => boardsOfGif(gif(frames.slice(0, 1)).bytes), /has 1 frame; expected an animation/);
  const empty = frames.slice(0, 3).map((cells) => ({ ...cells, data: new Float32Array(cells.data.length) }));
  assert.throws(() => boardsOfGif(gif(empty).bytes), /shows one colour; expected two/);
  const grey = frames.slice(0, 3).map((cells) => ({
    ...cells,
    data: cells.data.map((value, i) => (i % 8 === 3 ? 0.5 : value)),
  }));
  assert.throws(
    () => boardsOfGif(gif(grey).bytes),
    /more than two colours: \d+ % of its pixels are of neither/,
  );
});
