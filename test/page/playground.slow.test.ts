// The playground of a notebook, one file, in a real browser: touched as a hand would, its cells compared with Node's.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { root } from "#scripts/setup/root.mjs";
import { load } from "../../lib/io/load.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { playgroundPage } from "../../lib/page/html.js";
import { sceneApart, sceneOf } from "../../lib/page/scene.js";
import { World } from "../../lib/page/world.js";
import { scenes } from "../../scripts/shared/scenes.js";
import { executablePath, launch, logLossOf, type Opened, opened, pause, press, shareOf } from "./site.js";

const options = { skip: executablePath ? false : "no Chromium here", timeout: 120_000 };
const folder = mkdtempSync(join(tmpdir(), "playground-"));
const MAX_BYTES_BEFORE_MODELS = 300_000;
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1000, height: 700 };

const rule = await load(join(root, "models/lizard.safetensors"));
const target = await loadTarget(join(root, "targets/lizard.png"));
const lizards = ["lizard 0", "lizard 1"].map((name) => ({ name, rule, target }));
const scene = sceneOf("lizards", lizards, 0.5);
const alone = sceneOf("alone", [{ name: "lizard", rule, target }], 0.5);
const apart = sceneApart("apart", lizards);
const real = (await scenes()).filter(({ title }) => ["bird to lizard", "lizard heals"].includes(title));
assert.equal(real.length, 2, "both have their rules in models/");
const html = playgroundPage([scene, alone, apart, ...real]);
const path = join(folder, "playground é.html");
writeFileSync(path, html);

let browser: Browser;
before(async () => {
  if (executablePath) browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** A page on the playground, whose every complaint ends up in a list. */
async function open(viewport = DESK): Promise<Opened> {
  return opened(await browser.newPage({ viewport }), pathToFileURL(path).href);
}

/** Chooses a scene by its title, and stops it. */
async function choose(page: Page, title: string): Promise<void> {
  await page.click(`.tile:has-text("${title}")`);
  await page.waitForFunction(`playground.world.scene.title === "${title}"`);
  await pause(page);
}

/** Lives for so many CA steps. */
const advance = (page: Page, steps: number) => page.evaluate(`playground.world.advance(${steps})`);
const age = (page: Page) => page.evaluate("playground.world.age").then(Number);

test("the page is small before its models", () => {
  const models = html.match(/<script type="application\/json"[\s\S]*?<\/script>/)![0];
  assert.ok(html.length - models.length < MAX_BYTES_BEFORE_MODELS, `${html.length - models.length}`);
});

test("500 CA steps with an infection are the same in the page and in Node", options, async () => {
  const live = async (world: World) => {
    world.reset();
    await world.advance(150);
    world.infectAtRandom(1);
    await world.advance(200);
    world.wound(30, 30, 6);
    await world.advance(150);
    return world.hash();
  };
  const { page, complaints } = await open();
  await pause(page);
  const there = await page.evaluate(`(${live})(playground.world)`);
  assert.equal(there, await live(new World(scene)));
  assert.deepEqual(complaints, []);
  await page.close();
});

test("it lives at 60 frames a second, with room to spare", options, async () => {
  const { page } = await open();
  await pause(page);
  const stepsASecond = await page.evaluate(`(async () => {
    const { world } = playground;
    await world.advance(150);
    const seconds = [];
    for (let i = 0; i < 8; i++) {
      const start = performance.now();
      for (let j = 0; j < 25; j++) await world.advance(1);
      seconds.push((performance.now() - start) / 1000);
    }
    return 25 / Math.min(...seconds); // other tests run beside this one
  })()`);
  assert.ok(Number(stepsASecond) > 60, `${stepsASecond} CA steps a second`);
  await page.click("#pause");
  await page.waitForFunction("playground.framesASecond > 0 && playground.world.age > 400");
  await page.close();
});

test(
  "a press infects, a fast drag wounds without gaps, keys and buttons do what they say",
  options,
  async () => {
    const { page, complaints } = await open();
    await pause(page);
    await advance(page, 150);
    await press(page);
    assert.ok((await shareOf(page, 1)) > 0, "the tool infects at first");
    await advance(page, 120);
    assert.ok((await shareOf(page, 1)) > 0.95, "and the infection spreads");

    await page.keyboard.press("2"); // the press has put the focus on the grid
    const whole = await logLossOf(page);
    const box = (await page.locator("#stage").boundingBox())!;
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.05, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, middle, { steps: 2 }); // faster than any hand
    await page.mouse.up();
    assert.ok((await logLossOf(page)) > whole + 0.5, `from ${whole} to ${await logLossOf(page)}`);
    const row = await page.evaluate(`(() => {
    const { data, width, channels } = playground.world.cells;
    return Array.from({ length: width }, (_, x) => data[(36 * width + x) * channels + 3]).filter((alpha) => alpha > 0.1).length;
  })()`);
    assert.equal(row, 0, "no cell of the middle row was left out");
    await page.click("#undo");
    assert.equal(await logLossOf(page), whole, "undone to the last bit");

    const before = await age(page);
    await page.focus("#stage");
    await page.keyboard.press("s");
    await page.waitForFunction(`playground.world.age === ${before + 1}`);
    await page.click("#restart");
    await page.waitForFunction("playground.world.age !== undefined && playground.world.share(1) === 0");
    await page.evaluate("playground.world.reset()");
    await page.focus("#stage");
    await page.keyboard.press("1");
    for (const key of ["ArrowLeft", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    assert.equal(await shareOf(page, 1), 1, "the cursor's tool on the seed");
    await page.keyboard.press("Space");
    await page.waitForFunction("playground.isRunning && playground.world.age > 5");

    await choose(page, "alone");
    assert.ok(await page.isDisabled("#tool-infect"), "there is nothing to infect with");
    assert.deepEqual(complaints, []);
    await page.close();
  },
);

test("bodies side by side are wounded together", options, async () => {
  const { page, complaints } = await open();
  await choose(page, "apart");
  await page.evaluate("playground.world.reset()");
  await advance(page, 200);
  assert.ok((await logLossOf(page, 0)) < -3 && (await logLossOf(page, 1)) < -3, "both have grown");
  const box = (await page.locator("#stage").boundingBox())!;
  await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
  assert.ok((await logLossOf(page, 0)) > -3 && (await logLossOf(page, 1)) > -3, "both are wounded");
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a click on the bird makes it a lizard", options, async () => {
  const { page, complaints } = await open();
  await choose(page, "bird to lizard");
  await page.evaluate("playground.world.reset()");
  await advance(page, 150);
  assert.ok((await logLossOf(page)) < -3, `a bird has grown: ${await logLossOf(page)}`);
  await press(page);
  await advance(page, 200);
  assert.ok((await logLossOf(page, 1)) <= -3, `a lizard is there: ${await logLossOf(page, 1)}`);
  await advance(page, 800);
  assert.ok((await logLossOf(page, 1)) <= -3, `and stays: ${await logLossOf(page, 1)}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a wound heals", options, async () => {
  const { page, complaints } = await open();
  await choose(page, "lizard heals");
  await page.evaluate("playground.world.reset()");
  await advance(page, 200);
  await press(page); // with one strain the tool wounds
  assert.ok((await logLossOf(page)) > -3, `wounded: ${await logLossOf(page)}`);
  await advance(page, 200);
  assert.ok((await logLossOf(page)) <= -3, `healed: ${await logLossOf(page)}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a phone shows all of it, and a finger infects", options, async () => {
  const { page } = await open(PHONE);
  const [wide, seen] = await page
    .evaluate("[document.documentElement.scrollWidth, innerWidth]")
    .then((x) => x as number[]);
  assert.ok(wide <= seen, `${wide} px on a screen of ${seen}`);
  await pause(page);
  await advance(page, 100);
  await page.locator("#stage").dispatchEvent("pointerdown", await middleOf(page));
  await page.waitForFunction("playground.world.share(1) > 0");
  await page.close();
});

async function middleOf(page: Page) {
  const { x, y, width, height } = (await page.locator("#stage").boundingBox())!;
  return { pointerType: "touch", pointerId: 1, clientX: x + width / 2, clientY: y + height / 2 };
}
