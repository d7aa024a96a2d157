import assert from "node:assert/strict";
import test from "node:test";
import { curvesOf } from "../../bench/curves.js";
import { PeerError } from "../../bench/peers/start.js";
import { ANSWER, fake, workload } from "./fake.js";

const STEPS = [4, 5, 6];
const series = {
  name: "steps",
  title: "CA steps",
  x: "CA steps",
  points: () => STEPS.map((x) => ({ x, workload: workload(x) })),
};

test("a peer that fails at one point of a curve is started anew for the next", async () => {
  const contender = fake("pytorch", ({ steps }) => {
    if (steps === STEPS[1]) throw new PeerError("out of memory");
    return ANSWER;
  });
  const [train, infer] = await curvesOf(series, [contender]);
  const taken = ({ points }: typeof train) => points.map(({ secondsPerStep, why }) => why ?? secondsPerStep);
  assert.deepEqual(taken(train), [ANSWER.seconds, "out of memory", ANSWER.seconds]);
  assert.deepEqual(taken(infer), [ANSWER.seconds / 4, "out of memory", ANSWER.seconds / 6]);
  assert.equal(train.points[1].secondsPerStep, null);
});
