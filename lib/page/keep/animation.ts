// A gif of an automaton that a visitor opens: its rule is found, and lives on from the last frame.

import { boardsOfGif } from "../../automaton/animation.js";
import type { Board } from "../../automaton/board.js";
import { boundaryOf, censusOf, contradictionsIn, transitionsOf, unseenIn } from "../../automaton/census.js";
import { learnAutomaton } from "../../automaton/learn.js";
import { pixelsOfBoard, ruleOfAutomaton } from "../../automaton/network.js";
import { inWords } from "../../automaton/words.js";
import { FileError } from "../../cells/errors.js";
import type { Session } from "../app/session.js";
import type { Catalogue, OwnRule } from "../offers.js";
import { stageEngine } from "../stage/engine.js";
import { offerOf } from "./offer.js";

/** The largest world that is made of a gif. */
const MOST_SIDE = 256;
/** The most cells, of all, that may be no automaton's doing: with more, the gif shows something else. */
const MOST_SURPRISES = 0.02;

/** The largest file that is read. */
const MOST_BYTES = 2 ** 24;

/** Shows the automaton that a gif shows; false for any other gif. */
export async function openAnimation(session: Session, catalogue: Catalogue, file: File): Promise<boolean> {
  const boards = file.size > MOST_BYTES ? undefined : boardsIn(new Uint8Array(await file.arrayBuffer()));
  if (!boards) return false;
  const transitions = transitionsOf(boards);
  const boundary = boundaryOf(transitions);
  const last = boards[boards.length - 1];
  // no automaton explains more cells than one that does what most cells did
  const surprises = contradictionsIn(censusOf(transitions, boundary));
  if (surprises > MOST_SURPRISES * transitions.length * last.cells.length) return false;
  const { message } = session.stage;
  message.value = "A network watches the animation, to find its rule.";
  const shown = session.shown.value;
  try {
    const options = { boundary, engine: await stageEngine() };
    const { automaton, census } = await learnAutomaton(transitions, options);
    const side = Math.max(last.height, last.width);
    const own: OwnRule = {
      name: file.name.replace(/\.\w+$/, ""),
      rule: ruleOfAutomaton(automaton, { boundary, board: last }),
      drawing: { size: side, data: pixelsOfBoard(last, side) },
      side,
      isInfection: false,
    };
    const offer = offerOf(
      own,
      catalogue,
      "file",
      `${inWords(automaton, unseenIn(census))}${squareNote(last)}`,
    );
    session.add(offer);
    if (session.shown.value === shown) await session.choose(offer); // else the visitor has gone on
  } finally {
    message.value = "";
  }
  return true;
}

/** The page's grids are square. */
function squareNote({ height, width }: Board): string {
  if (height === width) return "";
  const side = Math.max(height, width);
  return ` It had ${height} x ${width} cells, and has ${side} x ${side} here.`;
}

function boardsIn(gif: Uint8Array): Board[] | undefined {
  try {
    const boards = boardsOfGif(gif);
    const [{ height, width }] = boards;
    return boards.length > 1 && Math.max(height, width) <= MOST_SIDE ? boards : undefined;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
