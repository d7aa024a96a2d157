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
import { FileError } from "../../lib/cells/errors.js";
import { Random } from "../../lib/cells/random.js";
import { gifFrames } from "../../lib/io/gif-frames.js";
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

test("a gif with any byte changed or cut off is read, or refused with a FileError, and never hangs", () => {
  const { bytes } = gif(frames.slice(0, 4), { scale: 3 });
  const random = new Random(3);
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const broken = Uint8Array.from(
      bytes.subarray(0, i % 3 === 0 ? random.integer(7, bytes.length) : bytes.length),
    );
    for (let j = 0; j < 1 + (i % 4); j++) broken[random.integer(6, broken.length)] = random.integer(0, 256);
    try {
      boardsOfGif(broken);
    } catch (error) {
      assert.ok(error instanceof FileError, `${i}: ${error}`);
      refused++;
    }
  }
  assert.equal(boardsOfGif(bytes).length, 4);
  assert.ok(refused > 500 && refused < 2990, `${refused} of 3000`);
});

/** A gif of one colour per code, as its parts: frames of [left, top, width, height, disposal], filled with a colour. */
function drawnGif(
  side: number,
  parts: readonly (readonly [number, number, number, number, number, number])[],
): Uint8Array {
  const word = (value: number) => [value & 255, value >> 8];
  const bytes = [..."GIF89a"].map((letter) => letter.charCodeAt(0));
  bytes.push(...word(side), ...word(side), 0x80, 0, 0, 255, 255, 255, 0, 0, 0); // two colours: white, black
  for (const [left, top, width, height, disposal, colour] of parts) {
    bytes.push(0x21, 0xf9, 4, disposal << 2, 0, 0, 0, 0);
    bytes.push(0x2c, ...word(left), ...word(top), ...word(width), ...word(height), 0, 2);
    // codes of three bits: a clear code before each pixel, so that they never grow
    const bits = [...Array.from({ length: width * height }, () => [4, colour]).flat(), 5].flatMap((code) => [
      code & 1,
      (code >> 1) & 1,
      (code >> 2) & 1,
    ]);
    const data = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
      bits.slice(8 * i, 8 * i + 8).reduce((sum, bit, j) => sum + (bit << j), 0),
    );
    for (let at = 0; at < data.length; at += 255) {
      const block = data.slice(at, at + 255);
      bytes.push(block.length, ...block);
    }
    bytes.push(0);
  }
  return Uint8Array.from([...bytes, 0x3b]);
}

test("frames are drawn over those before, and go as they say", () => {
  const file = drawnGif(4, [
    [0, 0, 4, 4, 1, 0], // all white, stays
    [0, 0, 2, 2, 3, 1], // black, then as before
    [2, 2, 2, 2, 2, 1], // black, then nothing
    [0, 3, 1, 1, 0, 1],
  ]);
  const shown: string[] = [];
  for (const { data } of gifFrames(file))
    shown.push(
      Array.from({ length: 16 }, (_, i) =>
        data[i * 4 + 3] === 0 ? "." : data[i * 4] === 0 ? "#" : "o",
      ).join(""),
    );
  assert.deepEqual(shown, ["oooooooooooooooo", "##oo##oooooooooo", "oooooooooo##oo##", "oooooooooo..#o.."]);
  assert.throws(
    () => [...gifFrames(drawnGif(4, [[2, 2, 4, 4, 0, 1]]))],
    /damaged: a frame lies beyond the picture/,
  );
});

test("gifs that show no automaton are refused with what is wrong", () => {
  assert.throws(() => boardsOfGif(Uint8Array.of(1, 2, 3)), /is no gif; expected an animated gif/);
  assert.throws(() => boardsOfGif(gif(frames.slice(0, 1)).bytes), /has 1 frame; expected an animation/);
  const empty = frames.slice(0, 3).map((cells) => ({ ...cells, data: new Float32Array(cells.data.length) }));
  assert.throws(() => boardsOfGif(gif(empty).bytes), /shows one colour; expected two/);
  const still = [frames[0], frames[0], frames[0]];
  assert.throws(() => boardsOfGif(gif(still, { scale: 2 }).bytes), /the same board in every frame/);
  const grey = frames.slice(0, 3).map((cells) => ({
    ...cells,
    data: cells.data.map((value, i) => (i % 8 === 3 ? 0.5 : value)),
  }));
  assert.throws(
    () => boardsOfGif(gif(grey).bytes),
    /more than two colours: \d+ % of its pixels are of neither/,
  );
});
