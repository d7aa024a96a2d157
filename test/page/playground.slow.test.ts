// The playground in a real browser: touched as a hand would, and its cells compared with Node's.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { root } from "#scripts/setup/root.mjs";
import { load } from "../../lib/io/load.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { playgroundPage } from "../../lib/page/html.js";
import { sceneOf } from "../../lib/page/scene.js";
import { World } from "../../lib/page/world.js";
import { scenes } from "../../scripts/shared/scenes.js";

const executablePath = findChromium();
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
const real = (await scenes()).filter(({ title }) => ["bird to lizard", "lizard heals"].includes(title));
assert.equal(real.length, 2, "both have their rules in models/");
const html = playgroundPage([scene, alone, ...real]);
const path = join(folder, "playground é.html");
writeFileSync(path, html);

let browser: Browser;
before(async () => {
  if (executablePath)
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** A page on the playground, whose every complaint ends up in a list. */
async function open(viewport = DESK): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, complaints };
}

/** Presses the middle of the canvas. */
async function pressMiddle(page: Page): Promise<void> {
  const box = (await page.locator("canvas").boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

test("the page is small before its models", () => {
  const models = html.match(/<script type="application\/json"[\s\S]*?<\/script>/)![0];
  assert.ok(html.length - models.length < MAX_BYTES_BEFORE_MODELS, `${html.length - models.length}`);
});

test("500 CA steps with an infection are the same in the page and in Node", options, async () => {
  const live = (world: World) => {
    world.reset();
    world.advance(150);
    world.infectAtRandom(1);
    world.advance(200);
    world.wound(30, 30, 6);
    world.advance(150);
    return world.hash();
  };
  const { page, complaints } = await open();
  await page.click("#pause");
  const there = await page.evaluate(`(${live})(playground.world)`);
  assert.equal(there, live(new World(scene)));
  assert.deepEqual(complaints, []);
  await page.close();
});

test("it lives at 60 frames a second, with room to spare", options, async () => {
  const { page } = await open();
  const stepsASecond = await page.evaluate(`(() => {
    const { world } = playground;
    world.advance(150);
    const seconds = Array.from({ length: 8 }, () => {
      const start = performance.now();
      for (let i = 0; i < 25; i++) world.advance(1);
      return (performance.now() - start) / 1000;
    });
    return 25 / Math.min(...seconds); // other tests run beside this one
  })()`);
  assert.ok(Number(stepsASecond) > 60, `${stepsASecond} CA steps a second`);
  await page.waitForFunction("playground.framesASecond > 0 && playground.world.age > 400");
  await page.close();
});

test("a press infects, a drag wounds, keys and buttons do what they say", options, async () => {
  const { page, complaints } = await open();
  await page.evaluate("playground.world.advance(150)");
  await page.click("#pause");
  await pressMiddle(page);
  assert.ok(Number(await page.evaluate("playground.world.share(1)")) > 0, "the brush infects at first");
  await page.evaluate("playground.world.advance(120)");
  assert.ok(Number(await page.evaluate("playground.world.share(1)")) > 0.95, "and the infection spreads");

  await page.keyboard.press("1"); // the press has put the focus on the grid
  const loss = () => page.evaluate("playground.world.logLoss(0)").then(Number);
  const whole = await loss();
  const box = (await page.locator("canvas").boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 8 });
  await page.mouse.up();
  assert.ok((await loss()) > whole + 0.5, `from ${whole} to ${await loss()}`);

  const age = () => page.evaluate("playground.world.age").then(Number);
  const before = await age();
  await page.keyboard.press("s");
  assert.equal(await age(), before + 1);
  await page.click("#reset");
  assert.equal(await age(), 0);
  await page.focus("canvas");
  await page.keyboard.press("3");
  for (const key of ["ArrowLeft", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  assert.equal(await page.evaluate("playground.world.share(1)"), 1, "the cursor's brush on the seed");
  await page.keyboard.press("o");
  assert.ok(await page.isChecked("#overlay"));
  await page.focus("canvas");
  await page.keyboard.press("Space");
  await page.waitForFunction("playground.running && playground.world.age > 5");

  await page.selectOption("#scene", { label: "alone" });
  assert.equal(await page.evaluate("playground.world.scene.title"), "alone");
  assert.ok(await page.isDisabled("#random"));
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a click on the bird makes it a lizard", options, async () => {
  const { page, complaints } = await open();
  await page.click("#pause");
  await page.selectOption("#scene", { label: "bird to lizard" });
  await page.evaluate("playground.world.advance(150)");
  const losses = () =>
    page.evaluate("[0, 1].map((strain) => playground.world.logLoss(strain))").then((x) => x as number[]);
  assert.ok((await losses())[0] < -3, `a bird has grown: ${await losses()}`);
  await pressMiddle(page);
  await page.evaluate("playground.world.advance(200)");
  assert.ok((await losses())[1] <= -3, `a lizard is there: ${await losses()}`);
  await page.evaluate("playground.world.advance(800)");
  assert.ok((await losses())[1] <= -3, `and stays: ${await losses()}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a wound heals", options, async () => {
  const { page, complaints } = await open();
  await page.click("#pause");
  await page.selectOption("#scene", { label: "lizard heals" });
  await page.evaluate("playground.world.advance(200)");
  const loss = () => page.evaluate("playground.world.logLoss(0)").then(Number);
  await page.focus("canvas");
  await pressMiddle(page); // the only brush wounds
  assert.ok((await loss()) > -3, `wounded: ${await loss()}`);
  await page.evaluate("playground.world.advance(200)");
  assert.ok((await loss()) <= -3, `healed: ${await loss()}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a phone shows all of it, and a finger infects", options, async () => {
  const { page } = await open(PHONE);
  const [wide, seen] = await page
    .evaluate("[document.documentElement.scrollWidth, innerWidth]")
    .then((x) => x as number[]);
  assert.ok(wide <= seen, `${wide} px on a screen of ${seen}`);
  await page.evaluate("playground.world.advance(100)");
  await page.locator("canvas").dispatchEvent("pointerdown", await middleOf(page));
  await page.waitForFunction("playground.world.share(1) > 0");
  await page.close();
});

async function middleOf(page: Page) {
  const { x, y, width, height } = (await page.locator("canvas").boundingBox())!;
  return { pointerType: "touch", pointerId: 1, clientX: x + width / 2, clientY: y + height / 2 };
}
