// The site in a real browser: the first touch, a drawing that learns, what is kept and shared, what is refused.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";
import type { Page } from "playwright-core";
import { root } from "#scripts/setup/root.mjs";
import { lifeLike } from "../../lib/automaton/automaton.js";
import { cellsOfBoards, nextBoard, randomBoard } from "../../lib/automaton/board.js";
import { Random } from "../../lib/cells/random.js";
import { gif } from "../../lib/view/gif.js";
import {
  builtSite,
  DESK,
  draw,
  executablePath,
  logLossOf,
  open,
  opened,
  PHONE,
  pause,
  press,
  shareOf,
  until,
  whileTesting,
  zipped,
} from "./site.js";

const options = { skip: executablePath ? false : "no Chromium here", timeout: 120_000 };
const MOST_ZIPPED = 250_000;

const here = whileTesting({ base: "/some/where/" });

test("what a visitor loads first is small", async (t) => {
  const files = await builtSite();
  const html = new TextDecoder().decode(files.get("index.html")!);
  const linked = [...html.matchAll(/(?:href|src)="([^":]+)"/g)].map(([, address]) => address);
  assert.deepEqual(
    linked.filter((address) => !files.has(address) && !address.includes("//") && !address.startsWith("#")),
    [],
    "every file that is linked is there",
  );
  const first = ["index.html", ...new Set(linked.filter((address) => files.has(address)))];
  const pictures = [...files.keys()].filter((address) => address.startsWith("pictures/"));
  const worker = [...files.keys()].find((address) => /scripts\/server\.generated/.test(address));
  const bytes = zipped(files, [...new Set([...first, ...pictures, ...(worker ? [worker] : [])])]);
  const all = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  t.diagnostic(
    `${bytes} bytes zipped, ${all} with all that is kept for later, not zipped: ${first.join(", ")}`,
  );
  assert.ok(bytes <= MOST_ZIPPED, `${bytes}`);
});

test(
  "the first touch makes the bird a lizard, and it can be wounded, cured and undone",
  options,
  async () => {
    const { page, complaints } = await open(here.browser, here.site.address);
    assert.equal(await page.evaluate("crossOriginIsolated"), true);
    await until(page, "playground.world.logLoss(0) < -3");
    await press(page);
    await until(page, "playground.world.logLoss(1) < -3", 20);
    await page.click("#tool-cure");
    await press(page);
    await until(page, "playground.world.share(2) > 0.9", 20);
    await page.click("#undo");
    await until(page, "playground.world.share(2) < 0.5");
    await page.click("#fight");
    await page.click('[data-offer="lizard"]');
    await until(page, "playground.world.scene.strains[0].name === 'lizard'");
    await page.click('[data-variant="lizard-compared"]');
    await until(page, "playground.world.scene.isApart");
    assert.deepEqual(complaints, []);
    await page.context().close();
  },
);

test("a large grid holds several bodies, and details tell what there is", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await page.click("#more");
  await page.click('.drawer .choices button:has-text("192")');
  await until(page, "playground.world.cells.width === 192");
  await page.click("#details button[aria-label=Close]");
  await page.click("#tool-plant");
  for (const [x, y] of [
    [0.2, 0.2],
    [0.8, 0.8],
  ])
    await press(page, x, y);
  const seeds = "playground.world.cells.data.filter((x, i) => i % 16 === 3 && x > 0.1).length";
  await until(page, `${seeds} > 1800`, 30);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("a drawing learns to grow, and its training is found again after a reload", options, async (t) => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await draw(page, "frog", 16);
  await until(page, "/about/.test(document.querySelector('#grow').textContent)");
  await page.click("#grow");
  await until(page, "document.querySelector('.progress')");
  const start = Date.now();
  await until(page, "playground.world.logLoss(0) < -2.2", 60);
  t.diagnostic(`-2.2 after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  assert.ok(await page.isVisible("#pause-learning"));
  await page.click("#pause-learning");
  await page.waitForTimeout(500); // its state is kept
  await page.reload();
  await until(page, "playground.world?.age > 0");
  await page.click("#draw");
  await page.click("#go-on");
  await until(page, "/Learning|grow/.test(document.querySelector('.below').textContent)");
  await page.click("#draw-again");
  await page.waitForSelector("#board");
  assert.deepEqual(complaints, []);
  await page.context().close();
});

/** What a page shows after 500 CA steps from its seeds. */
async function hashAt500(page: Page): Promise<unknown> {
  await pause(page);
  return page.evaluate(`(async () => {
    playground.world.reset();
    await playground.world.advance(500);
    return playground.world.hash();
  })()`);
}

test("a link brings the same scene to another page, to the last bit", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await page.click('[data-offer="lizard"]');
  await until(page, "playground.world.scene.strains[0].name === 'lizard'");
  await page.click("#share");
  await page.click("#copy-link");
  await until(page, "/copied/.test(document.querySelector('dialog .note').textContent)");
  const link = String(await page.evaluate("navigator.clipboard.readText()"));
  assert.ok(link.startsWith(`${here.site.address}#`), link);
  await page.keyboard.press("Escape");
  const other = await open(here.browser, link);
  assert.equal(await hashAt500(other.page), await hashAt500(page));
  await other.page.goto(`${here.site.address}#1not-a-link`);
  await other.page.reload();
  await until(other.page, "/damaged/.test(document.querySelector('.note').textContent)");
  assert.deepEqual([...complaints, ...other.complaints], []);
  await page.context().close();
  await other.page.context().close();
});

test("rules are saved and opened, a film and a picture are made", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await until(page, "playground.world.age > 150");
  await page.click("#share");
  const saved = async (button: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const film = await saved("#save-film");
  assert.match(film.name, /\.gif$/);
  assert.equal(film.bytes.subarray(0, 6).toString(), "GIF89a");
  const picture = await saved("#save-picture");
  assert.equal(picture.bytes.subarray(1, 4).toString(), "PNG");
  const rule = await saved("#save-rule");
  assert.equal(rule.name, "bird.safetensors", "the one that lives");
  await page.setInputFiles("#rule-file", join(root, "models/mushroom.safetensors"));
  await until(page, "playground.world.scene.title === 'mushroom'");
  await page.waitForSelector('[data-offer="file:mushroom"]');
  await page.click("#share");
  await page.setInputFiles("#rule-file", { name: "bad.pt", mimeType: "", buffer: Buffer.from("nothing") });
  await until(page, "document.querySelector('dialog .note').textContent.length > 20");
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("automata live; a gif of one is watched, and its rule lives on", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await page.click('[data-offer="life"]');
  await until(page, "playground.world.age > 100 && playground.world.scene.title === 'life'");
  const alphas = "[...new Set(playground.world.cells.data.filter((_, i) => i % 4 === 3))].sort().join()";
  await until(page, `${alphas} === "0,1"`);
  const boards = [randomBoard(new Random(1), 24, 24, 0.35)];
  for (let i = 0; i < 30; i++) boards.push(nextBoard(boards[i], lifeLike("B36/S23"), "torus"));
  const { bytes } = gif(boards.map((board) => cellsOfBoards([board])));
  await page.click("#share");
  await page.setInputFiles("#rule-file", {
    name: "mine.gif",
    mimeType: "image/gif",
    buffer: Buffer.from(bytes),
  });
  await page.waitForSelector('[data-offer="file:mine"]', { timeout: 60_000 });
  await until(
    page,
    "/^B36.S23: a cell is born with 3, 6/.test(document.querySelector('.sentence').textContent)",
  );
  await until(page, `playground.world.age > 50 && ${alphas} === "0,1"`);
  assert.equal(await page.evaluate("playground.world.cells.width"), 24);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test(
  "digits, textures and a reprogrammed lizard live, and are drawn on, painted and changed",
  options,
  async () => {
    const { page, complaints } = await open(here.browser, here.site.address);
    const show = async (offer: string, variant: string) => {
      await page.click(`[data-offer="${offer}"]`);
      await until(page, "playground.world.age > 0");
      await page.click(`[data-variant="${variant}"]`);
      await until(page, `playground.world.scene.title === "${variant}" && playground.world.age > 60`);
    };
    await show("digits", "digits-two");
    // each of the two digits is of one mind, more or less: few of its cells believe anything else
    const labels =
      "[...playground.world.cells.data].filter((_, i) => i % 22 >= 4 && i % 22 < 14).filter((x) => x > 0.6).length";
    await until(page, `${labels} > 60`);
    await show("textures", "textures-two");
    await page.evaluate("playground.world.infect(36, 36, 12, 1)");
    assert.ok((await page.evaluate<number>("playground.world.share(1)")) > 0.05);
    await until(page, "playground.world.age > 150");
    assert.ok(await page.evaluate("playground.world.cells.data.every(Number.isFinite)"));
    await show("reprogrammed", "matrix-tailless");
    await until(page, "playground.world.logLoss(0) < -3");
    await page.evaluate("playground.world.infect(36, 36, 6, 1)");
    await until(page, "playground.world.share(1) > 0.95 && playground.world.logLoss(1) < -3");
    await page.evaluate("playground.world.infect(36, 36, 6, 2)");
    await until(page, "playground.world.share(2) > 0.95 && playground.world.logLoss(2) < -3");
    assert.deepEqual(complaints, []);
    await page.context().close();
  },
);

test("a picture goes to the board; what is no picture, or too large, gets a sentence", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await page.click("#draw");
  await page.waitForSelector("#board");
  await page.setInputFiles("#picture-file", join(root, "targets/crab.png"));
  await until(page, "!document.querySelector('#grow').disabled");
  const note = (what: RegExp) =>
    until(page, `${what}.test(document.querySelector('.below .note').textContent)`);
  await page.setInputFiles("#picture-file", {
    name: "a.png",
    mimeType: "image/png",
    buffer: Buffer.from("no"),
  });
  await note(/no picture|could not be read/);
  const wide = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="9"><rect width="9" height="9"/></svg>',
  );
  await page.setInputFiles("#picture-file", { name: "a.svg", mimeType: "image/svg+xml", buffer: wide });
  await note(/90000 x 9/);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test(
  "a plain host's page lives at once, has threads after one reload, and works without a network",
  options,
  async () => {
    const { page, complaints } = await open(here.browser, here.plain.address);
    await until(page, "crossOriginIsolated", 20);
    await until(page, "playground.world?.age > 0");
    await page.context().setOffline(true);
    const other = await opened(await page.context().newPage(), here.plain.address);
    await until(other.page, "playground.world.logLoss(0) < -3");
    await other.page.click('[data-offer="mushroom"]');
    await until(other.page, "playground.world.scene.strains[0].name === 'mushroom'");
    assert.deepEqual([...complaints, ...other.complaints], []);
    await page.context().close();
  },
);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds on a page. */
async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(`(async () => {
    const module = { exports: {} };
    ${axe};
    const { violations } = await (globalThis.axe ?? module.exports).run();
    return violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | "));
  })()`) as Promise<string[]>;
}

for (const [name, device, colorScheme] of [
  ["desktop", DESK, "light"],
  ["phone", PHONE, "dark"],
] as const) {
  test(`axe finds nothing on a ${name}, ${colorScheme}`, options, async () => {
    const { page } = await open(here.browser, here.site.address, { ...device, colorScheme });
    const [wide, seen] = (await page.evaluate(
      "[document.documentElement.scrollWidth, innerWidth]",
    )) as number[];
    assert.ok(wide <= seen, `${wide} px on a screen of ${seen}`);
    assert.deepEqual(await faultsOf(page), []);
    await page.click("#more");
    assert.deepEqual(await faultsOf(page), [], "with details");
    await page.keyboard.press("Escape");
    await page.click("#draw");
    await page.waitForSelector("#board");
    assert.deepEqual(await faultsOf(page), [], "drawing");
    await page.click("#share");
    await page.waitForSelector("dialog");
    assert.deepEqual(await faultsOf(page), [], "sharing");
    await page.context().close();
  });
}

test("two fingers enlarge and touch nothing; one finger infects", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address, PHONE);
  await until(page, "playground.world.age > 120");
  await pause(page);
  const { x, y, width, height } = (await page.locator("#stage").boundingBox())!;
  const finger = (kind: string, pointerId: number, dx: number) =>
    page.locator("#stage").dispatchEvent(kind, {
      pointerType: "touch",
      pointerId,
      button: 0,
      clientX: x + width / 2 + dx,
      clientY: y + height / 2,
    });
  await page.evaluate("Element.prototype.setPointerCapture = () => {}"); // these fingers are not real
  const transform = "document.querySelector('.grid').style.transform";
  const before = await page.evaluate(transform);
  await finger("pointerdown", 1, -20);
  await finger("pointerdown", 2, 20);
  await finger("pointermove", 1, -80);
  await finger("pointermove", 2, 80);
  for (const pointer of [1, 2]) await finger("pointerup", pointer, 0);
  assert.equal(await shareOf(page, 1), 0, "nothing was infected");
  assert.notEqual(await page.evaluate(transform), before, "it was enlarged");
  await page.click("#whole");
  await finger("pointerdown", 3, 0);
  await finger("pointerup", 3, 0);
  assert.ok((await shareOf(page, 1)) > 0, "one finger infects");
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test(
  "what lives goes on under another rule, or has another creature planted beside it",
  options,
  async () => {
    const { page, complaints } = await open(here.browser, here.site.address);
    await until(page, "playground.world.age > 120");
    await page.click("#more");
    await page.click('.drawer .choices button:has-text("128")');
    await until(page, "playground.world.cells.width === 128");
    await page.keyboard.press("Escape");
    await page.click("#tool-plant");
    await page.click('[data-offer="mushroom"]');
    await until(page, "playground.world.scene.strains.at(-1).name === 'mushroom'");
    await press(page, 0.25, 0.25);
    await until(page, "playground.world.share(playground.world.scene.strains.length - 1) > 0.2", 30);
    await page.click("#tool-wound");
    await page.click("#more");
    await page.check(".drawer input[type=checkbox]");
    await page.keyboard.press("Escape");
    const age = Number(await page.evaluate("playground.world.age"));
    await page.click('[data-offer="lizard"]');
    await until(page, "playground.world.scene.strains[0].name === 'lizard'");
    assert.ok(Number(await page.evaluate("playground.world.age")) >= age, "the cells went on");
    assert.deepEqual(complaints, []);
    await page.context().close();
  },
);

test("all of it by keys: a tool, the stage, a drawing", options, async () => {
  const { page, complaints } = await open(here.browser, here.site.address);
  await pause(page);
  await page.evaluate("playground.world.advance(100)");
  await page.focus("#stage");
  await page.keyboard.press("Enter");
  assert.ok((await shareOf(page, 1)) > 0, "infected by a key");
  await page.keyboard.press("2");
  const before = await logLossOf(page);
  await page.keyboard.press("Enter");
  assert.ok((await logLossOf(page)) > before, "wounded by a key");
  await page.focus("#draw");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#board");
  await page.focus("#board");
  for (const key of ["Enter", "ArrowRight", "Enter", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await until(page, "!document.querySelector('#grow').disabled");
  assert.deepEqual(complaints, []);
  await page.context().close();
});
