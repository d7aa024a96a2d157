// "Also make it heal": a drawing learns to come back after cuts, as the page teaches it.

import assert from "node:assert/strict";
import test from "node:test";
import { pictureLosses } from "../../lib/cells/picture-loss.js";
import { stateAt } from "../../lib/engine/grow.js";
import { load } from "../../lib/io/load.js";
import { Board } from "../../lib/page/draw/board.js";
import { growLesson, healLesson } from "../../lib/page/draw/lessons.js";
import { cloneRule } from "../../lib/rule/rule.js";
import { seedFor } from "../../lib/rule/seeds.js";
import { cutFiveWays } from "../../lib/train/evaluate.js";
import { recoveredOf } from "../../lib/train/loss.js";
import { train } from "../../lib/train/training.js";
import { modelPath } from "../../scripts/shared/models.js";

const GROWTHS = 16;
/** Of five cuts: the hole takes the whole of so small a body, which nothing heals. */
const HALVES = 4;

test("a drawing of 16 cells heals its halves", { timeout: 600_000 }, async (t) => {
  const board = new Board(16);
  for (let y = 3; y < 14; y++)
    for (let x = 4; x < 12; x++) board.dot(x, y, y < 6 ? [247, 183, 49, 255] : [47, 158, 91, 255]);
  for (const x of [6, 7, 9, 10]) for (const y of [7, 8]) board.dot(x, y, [29, 27, 25, 255]);
  const healer = await load(modelPath("bird-regenerating"));
  const lesson = healLesson(growLesson(board.drawing, healer), healer);
  const { target, options } = lesson;
  const rule = cloneRule(lesson.start);
  await train(rule, target, { ...options });
  const grown = await stateAt(
    rule,
    seedFor(rule, { count: GROWTHS, height: target.height, width: target.width }),
    200,
  );
  const cut = cutFiveWays(grown);
  const after = pictureLosses(await stateAt(rule, cut, 200, { firstStep: 200 }), target);
  const { recovered } = recoveredOf(after.slice(0, HALVES * GROWTHS));
  t.diagnostic(`${(100 * recovered).toFixed(0)} % of ${HALVES * GROWTHS} halves`);
  assert.ok(recovered >= 0.9, `${recovered}`);
});
