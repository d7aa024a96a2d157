// Boards of dead and living cells, and what an automaton makes of them.

import { ALPHA, type Cells, emptyCells, RGBA } from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import type { Random } from "../cells/random.js";
import { MAX_SIZE } from "../engine/grow.js";
import type { Boundary } from "../rule/spec.js";
import type { Automaton } from "./automaton.js";

/** A generation: 1 for a living cell, 0 for a dead one, [height, width]. */
export interface Board {
  readonly height: number;
  readonly width: number;
  readonly cells: Uint8Array;
}

/** Throws InvalidInputError unless it is a board. */
export function checkBoard({ height, width, cells }: Board): void {
  checkInteger("A board's height", height, 1, MAX_SIZE);
  checkInteger("A board's width", width, 1, MAX_SIZE);
  if (cells.length !== height * width || cells.some((cell) => cell > 1))
    throw new InvalidInputError(
      `A board of ${height} x ${width} holds ${cells.length} cells up to ${cells.reduce((a, b) => Math.max(a, b), 0)}; ` +
        `expected ${height * width}, each 0 or 1.`,
    );
}

/** A board whose cells live with probability `alive`. */
export function randomBoard(random: Random, height: number, width: number, alive = 0.5): Board {
  const cells = Uint8Array.from({ length: height * width }, () => Number(random.uniform() < alive));
  return { height, width, cells };
}

/** The neighbourhood of every cell, [height, width]: see `Automaton`. Beyond the edge is nothing, or the opposite edge. */
export function neighbourhoodsOf({ height, width, cells }: Board, boundary: Boundary): Uint16Array {
  return Uint16Array.from(cells, (_, at) => {
    let neighbourhood = 0;
    for (let j = 0; j < 9; j++) {
      const [y, x] = [Math.floor(at / width) + Math.floor(j / 3) - 1, (at % width) + (j % 3) - 1];
      const isInside = y >= 0 && y < height && x >= 0 && x < width;
      if (!isInside && boundary === "zero") continue;
      neighbourhood |= cells[((y + height) % height) * width + ((x + width) % width)] << j;
    }
    return neighbourhood;
  });
}

/** The next generation. */
export function nextBoard(board: Board, { table }: Automaton, boundary: Boundary): Board {
  return { ...board, cells: Uint8Array.from(neighbourhoodsOf(board, boundary), (index) => table[index]) };
}

/** Boards as states of a rule with 4 channels, which show living cells black: alpha is 1 where a cell lives. */
export function cellsOfBoards(boards: readonly Board[]): Cells {
  const [{ height, width }] = boards;
  const cells = emptyCells(boards.length, height, width, RGBA);
  boards.forEach((board, i) => {
    board.cells.forEach((cell, at) => {
      cells.data[(i * height * width + at) * cells.channels + ALPHA] = cell;
    });
  });
  return cells;
}

/** The boards that states show: a cell lives where its alpha is above a half. */
export function boardsOf({ count, height, width, channels, data }: Cells): Board[] {
  return Array.from({ length: count }, (_, i) => ({
    height,
    width,
    cells: Uint8Array.from({ length: height * width }, (_, at) =>
      Number(data[(i * height * width + at) * channels + ALPHA] > 0.5),
    ),
  }));
}
