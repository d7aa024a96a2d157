// A world without a page: what is done to it holds, whatever steps are under way.

import assert from "node:assert/strict";
import test from "node:test";
import { emptyCells } from "../../lib/cells/cells.js";
import type { Engine } from "../../lib/engine/engine.js";
import { ReferenceEngine } from "../../lib/engine/reference/reference.js";
import { sceneApart, sceneOf } from "../../lib/page/scene.js";
import { History } from "../../lib/page/stage/history.js";
import { Pace } from "../../lib/page/stage/pace.js";
import { placesBetween } from "../../lib/page/stage/stroke.js";
import { use } from "../../lib/page/stage/tools.js";
import { moved, WHOLE, zoomed } from "../../lib/page/stage/view.js";
import { World } from "../../lib/page/world.js";
import { createRule } from "../../lib/rule/rule.js";

const engine = new ReferenceEngine();
const target = emptyCells(1, 9, 9, 4);
/** A rule that changes nothing, so that what lives stays. */
const still = createRule({ channels: 8, hidden: 4, rngSeed: 1 });
still.parameters.w2.fill(0);
const strain = (name: string) => ({ name, rule: still, target });
const three = sceneOf("three", ["a", "b", "c"].map(strain), 0);
const alive = ({ cells }: World) =>
  Array.from({ length: cells.width * cells.height }, (_, i) => i).filter((i) => cells.data[i * 8 + 3] > 0.1);

test("a change during steps holds in the state that they lead to", async () => {
  const world = new World(three, { engine });
  const steps = world.advance(3);
  assert.ok(world.isBusy);
  world.plant(2, 3, 1);
  await assert.rejects(world.advance(1), /under way/);
  await steps;
  assert.deepEqual(alive(world), [3 * 9 + 2, 4 * 9 + 4]);
  assert.equal(world.cells.strains[3 * 9 + 2], 1);
  assert.equal(world.age, 3);
});

test("a reset during steps throws their state away", async () => {
  const world = new World(three, { engine });
  world.plant(1, 1, 0);
  const steps = world.advance(3);
  world.reset();
  await steps;
  assert.equal(world.age, 0);
  assert.deepEqual(alive(world), [4 * 9 + 4]);
});

test("a seed is planted in the cell that is touched, whichever half of it", () => {
  for (const [x, y] of [
    [2.4, 2.6],
    [1.6, 3.4],
  ]) {
    const world = new World(three, { engine });
    use(world, "plant", { x, y }, 1);
    assert.ok(alive(world).includes(3 * 9 + 2), `${x}, ${y}`);
  }
});

test("a seed of another strain grows its own cells, beside what lives", async () => {
  const spreading = createRule({ channels: 8, hidden: 4, rngSeed: 1 });
  spreading.parameters.w2.fill(0);
  spreading.parameters.b2[3] = 0.5; // every cell that fires is more opaque
  const scene = sceneOf("two", [strain("a"), { name: "b", rule: spreading, target }], 0);
  const world = new World(scene, { engine });
  world.plant(1, 1, 1);
  await world.advance(4);
  assert.equal(world.cells.strains[4 * 9 + 4], 0, "the host stays");
  const own = world.cells.strains.filter((strain) => strain === 1).length;
  assert.ok(own > 9 && world.share(1) > 0.5, `${own} cells, ${world.share(1)}`);
});

test("a larger grid has its pattern in the middle, and is compared there", () => {
  for (const side of [9, 10, 15, 16]) {
    const world = new World(three, { engine, side });
    assert.deepEqual(alive(world), [(side >> 1) * side + (side >> 1)]);
    const whole = emptyCells(1, 9, 9, 4);
    whole.data.fill(1, (4 * 9 + 4) * 4 + 3, (4 * 9 + 4) * 4 + 4);
    const seeded = sceneOf("seed", [{ name: "a", rule: still, target: whole }], 0);
    assert.ok(new World(seeded, { engine, side }).logLoss(0) === Number.NEGATIVE_INFINITY, `on ${side}`);
  }
});

test("going back to strains that are not there any more makes them the host's", async () => {
  const world = new World(three, { engine });
  world.infect(4, 4, 1, 2);
  const before = world.snapshot();
  world.follow(sceneOf("one", [strain("a")], 0));
  assert.equal(world.cells.strains[40], 0);
  world.restore(before);
  assert.equal(world.cells.strains[40], 0);
  await world.advance(1);
});

test("cells go on only under rules that they fit", () => {
  const world = new World(three, { engine });
  const wide = createRule({ channels: 12, hidden: 4 });
  const straight = createRule({ channels: 8, hidden: 4, premultiplied: false });
  for (const rule of [wide, straight]) {
    const scene = sceneOf("other", [{ name: "x", rule, target }], 0);
    assert.equal(world.canFollow(scene), false);
    assert.throws(() => world.follow(scene), { name: "InvalidInputError" });
  }
  assert.equal(world.canFollow(sceneApart("apart", [strain("a"), strain("b")])), false);
});

test("bodies side by side are touched together", () => {
  const world = new World(sceneApart("apart", [strain("a"), strain("b")]), { engine });
  assert.equal(world.cells.width, 18);
  assert.deepEqual(alive(world), [4 * 18 + 4, 4 * 18 + 13]);
  use(world, "plant", { x: 11, y: 2 }, 1);
  assert.deepEqual(alive(world).slice(0, 2), [2 * 18 + 2, 2 * 18 + 11]);
  assert.equal(world.cells.strains[2 * 18 + 11], 1);
  use(world, "wound", { x: 2, y: 2 }, 0.5);
  assert.deepEqual(
    alive(world),
    [4 * 18 + 4, 4 * 18 + 13].filter((cell) => alive(world).includes(cell)),
  );
});

test("a stroke has no gaps and ends where it should", () => {
  const places = placesBetween({ x: 0, y: 0 }, { x: 10, y: 5 }, 1);
  assert.deepEqual(places.at(-1), { x: 10, y: 5 });
  let last = { x: 0, y: 0 };
  for (const place of places) {
    assert.ok(Math.hypot(place.x - last.x, place.y - last.y) <= 1 + 1e-9);
    last = place;
  }
});

test("a view never leaves the grid, and keeps the place that it is enlarged around", () => {
  const view = zoomed(WHOLE, 4, 0.25, 0.75);
  assert.ok(Math.abs((0.25 - view.x) / view.zoom - 0.25) < 1e-12);
  for (const one of [moved(view, 9, 9), moved(view, -9, -9), zoomed(view, 0.01)]) {
    assert.ok(one.x <= 0 && one.y <= 0 && one.x >= 1 - one.zoom && one.y >= 1 - one.zoom);
  }
  assert.deepEqual(zoomed(view, 0.001), WHOLE);
});

test("the pace is what was asked for, and never more than a frame can take", () => {
  const pace = new Pace();
  pace.rest(0);
  let steps = 0;
  for (let now = 10; now <= 1000; now += 10) steps += pace.stepsAt(now, 2, 1000);
  assert.ok(Math.abs(steps - 15) <= 1, `${steps} of 15 a second`);
  for (let i = 0; i < 50; i++) pace.took(1, 100);
  assert.equal(pace.stepsAt(2000, 6, 1000), 1, "slow steps come one at a time");
});

test("the oldest states are forgotten when they take too much memory", () => {
  const history = new History();
  const cells = { ...emptyCells(1, 256, 256, 16), strains: new Uint8Array(256 * 256) };
  for (let age = 0; age < 40; age++) history.remember({ cells, age });
  assert.ok(history.length > 3 && history.length < 20, `${history.length}`);
  assert.equal(history.take()?.age, 39);
});

test("an engine goes on with what it kept, unless somebody changed the cells", async () => {
  const said: (boolean | undefined)[] = [];
  const listening: Engine = {
    name: "listening",
    supports: () => true,
    grow: (rules, cells, options) => {
      said.push(options.goesOn);
      return engine.grow(rules, cells, options);
    },
    rollout: engine.rollout,
  };
  const world = new World(three, { engine: listening });
  await world.advance(1);
  await world.advance(1);
  world.wound(1, 1, 1);
  await world.advance(1);
  const steps = world.advance(1);
  world.plant(2, 2, 0); // meanwhile
  await steps;
  await world.advance(1);
  await world.advance(1);
  world.reset();
  await world.advance(1);
  assert.deepEqual(said, [false, true, false, true, false, true, false]);
});

test("where an input says which cells live, they are drawn and erased, and start with their ink alone", async () => {
  const drawnRule = createRule({
    channels: 8,
    hidden: 4,
    inputs: [3],
    aliveReach: "cell",
    aliveMask: "pre",
    rngSeed: 1,
  });
  drawnRule.parameters.w2.fill(0);
  const seeds = [
    { dx: 0, dy: 0 },
    { dx: 1, dy: 0 },
  ];
  const rule = { ...drawnRule, grid: { height: 9, width: 9, seeds } };
  const world = new World(sceneOf("drawn", [{ name: "ink", rule, target }], 0), { engine });
  assert.deepEqual(alive(world), [40, 41]);
  assert.equal(world.cells.data.filter((value) => value !== 0).length, 2);
  use(world, "plant", { x: 2, y: 2 }, 1);
  await world.advance(2);
  assert.deepEqual(alive(world), [11, 19, 20, 21, 29, 40, 41]);
  use(world, "wound", { x: 2, y: 2 }, 4); // a wound is small in a small world
  assert.deepEqual(alive(world), [40, 41]);
  world.clear();
  assert.deepEqual(alive(world), []);
});
