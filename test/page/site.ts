// The site as tests open it: built once, served with and without the headers that threads need, touched as a hand would.

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { siteOf } from "../../scripts/page/site.js";
import { type ServeOptions, type Site, serve } from "../../scripts/shared/serve.js";

export const executablePath = findChromium();
/** What Chromium itself says where a page asks for a graphics card that is not there. */
const NO_CARD = "No available adapters.";
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

let built: Promise<Site> | undefined;
export function builtSite(): Promise<Site> {
  built ??= siteOf();
  return built;
}

/** Bytes of files as a host sends them. */
export function zipped(site: Site, addresses: readonly string[]): number {
  return addresses.reduce((sum, address) => sum + gzipSync(site.get(address)!).length, 0);
}

export interface Served {
  readonly address: string;
  close(): void;
}

export async function served(options: ServeOptions = {}): Promise<Served> {
  const server: Server = await serve(await builtSite(), 0, options);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${options.base ?? "/"}`,
    close: () => closeNow(server),
  };
}

/** The site with a script that drives it, and what that posts. */
export async function drivenSite(
  script: string,
): Promise<Served & { readonly posted: Promise<Record<string, unknown>> }> {
  const site = new Map(await builtSite());
  const html = new TextDecoder().decode(site.get("index.html")!);
  const driven = html.replace("</html>", '<script type="module" src="drive.js"></script></html>');
  site.set("index.html", new TextEncoder().encode(driven));
  site.set("drive.js", new TextEncoder().encode(script));
  site.delete("sw.js"); // it would load the page again in the middle
  let hear: (posted: Record<string, unknown>) => void = () => {};
  const posted = new Promise<Record<string, unknown>>((resolve) => {
    hear = resolve;
  });
  const server = await serve(site, 0, { onPost: (body) => hear(JSON.parse(body)) });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, posted, close: () => closeNow(server) };
}

function closeNow(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** A browser, and the site with and without the headers that threads need, while the tests of a file run. */
export function whileTesting(plain: ServeOptions) {
  const here = {} as { browser: Browser; site: Served; plain: Served };
  before(async () => {
    if (!executablePath) return;
    [here.browser, here.site, here.plain] = await Promise.all([
      launch(),
      served(),
      served({ isIsolated: false, ...plain }),
    ]);
  });
  after(async () => {
    await here.browser?.close();
    here.site?.close();
    here.plain?.close();
  });
  return here;
}

export interface Opened {
  readonly page: Page;
  /** What the console said, what failed, and requests to anybody else. */
  readonly complaints: string[];
}

/** A page of a browser of its own, which keeps nothing of other tests. */
export async function open(browser: Browser, address: string, options = DESK): Promise<Opened> {
  const context = await browser.newContext({
    ...options,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  return opened(await context.newPage(), address);
}

export async function opened(page: Page, address: string): Promise<Opened> {
  const complaints: string[] = [];
  const base = new URL(".", address).href;
  page.on("console", (message) => {
    if (message.text() !== NO_CARD) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(data|blob):/.test(url)) complaints.push(`asks for ${url}`);
  });
  await page.goto(address);
  await until(page, "playground.world?.age > 0");
  return { page, complaints };
}

/** Waits until an expression is true in the page, whose policy forbids Playwright's own way. */
export async function until(page: Page, expression: string, seconds = 20): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await page.waitForTimeout(50))
    if (await page.evaluate(`!!(${expression})`).catch(() => false)) return; // it may be loading
  throw new Error(`After ${seconds} s still not: ${expression}`);
}

export const logLossOf = (page: Page, strain = 0) =>
  page.evaluate(`playground.world.logLoss(${strain})`).then(Number);
export const shareOf = (page: Page, strain: number) =>
  page.evaluate(`playground.world.share(${strain})`).then(Number);

/** Stops the world, and waits for the steps that are under way. */
export async function pause(page: Page): Promise<void> {
  if (await page.evaluate("playground.isRunning")) await page.click("#pause");
  await page.waitForTimeout(150);
}

/** Presses a place of the stage, from 0 to 1. */
export async function press(page: Page, x = 0.5, y = 0.5, on = "#stage"): Promise<void> {
  const box = (await page.locator(on).boundingBox())!;
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}

type Point = readonly [number, number];

/** Draws with the mouse on the board: strokes of a colour and a width, through places from 0 to 1. */
async function stroke(page: Page, colour: string, width: number, points: readonly Point[]): Promise<void> {
  await page.click(`button[aria-label="Colour ${colour}"]`);
  await page.click(`.palette .choices button:has-text("${width}")`);
  const box = (await page.locator("#board").boundingBox())!;
  const [first, ...rest] = points.map(([x, y]) => [box.x + box.width * x, box.y + box.height * y] as const);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 6 });
  await page.mouse.up();
}

const GREEN = "#2f9e5b";
const YELLOW = "#f7b731";
const RED = "#d93a3a";
const BLACK = "#1d1b19";
const BLUE = "#3b7dbe";
const PINK = "#e06ab0";

/** A body of rows from `top` to `bottom`. */
const rows = (left: number, right: number, top: number, bottom: number): Point[] =>
  Array.from({ length: Math.floor((bottom - top) / 0.08) + 1 }, (_, i) => top + 0.08 * i).flatMap((y, i) =>
    i % 2 === 0 ? [[left, y] as const, [right, y] as const] : [[right, y] as const, [left, y] as const],
  );

/** Three drawings, as children make them. */
export const DRAWINGS: Record<string, readonly (readonly [string, number, readonly Point[]])[]> = {
  frog: [
    [GREEN, 5, rows(0.3, 0.7, 0.3, 0.75)],
    [
      YELLOW,
      5,
      [
        [0.3, 0.2],
        [0.5, 0.12],
        [0.7, 0.2],
      ],
    ],
    [
      RED,
      3,
      [
        [0.35, 0.8],
        [0.35, 0.9],
      ],
    ],
    [
      RED,
      3,
      [
        [0.65, 0.8],
        [0.65, 0.9],
      ],
    ],
    [
      BLACK,
      3,
      [
        [0.42, 0.4],
        [0.43, 0.41],
      ],
    ],
    [
      BLACK,
      3,
      [
        [0.58, 0.4],
        [0.59, 0.41],
      ],
    ],
  ],
  flower: [
    [
      PINK,
      5,
      [
        [0.5, 0.2],
        [0.72, 0.36],
        [0.62, 0.6],
        [0.38, 0.6],
        [0.28, 0.36],
        [0.5, 0.2],
      ],
    ],
    [YELLOW, 5, rows(0.42, 0.58, 0.34, 0.5)],
    [
      GREEN,
      2,
      [
        [0.5, 0.62],
        [0.5, 0.9],
      ],
    ],
    [
      GREEN,
      3,
      [
        [0.5, 0.82],
        [0.64, 0.74],
      ],
    ],
  ],
  boat: [
    [BLUE, 5, rows(0.2, 0.8, 0.66, 0.8)],
    [
      BLACK,
      2,
      [
        [0.5, 0.64],
        [0.5, 0.14],
      ],
    ],
    [
      RED,
      3,
      [
        [0.54, 0.2],
        [0.74, 0.5],
        [0.54, 0.5],
        [0.54, 0.3],
        [0.64, 0.46],
      ],
    ],
    [
      YELLOW,
      2,
      [
        [0.3, 0.7],
        [0.7, 0.7],
      ],
    ],
  ],
};

export async function draw(page: Page, drawing: keyof typeof DRAWINGS, size = 32): Promise<void> {
  await page.click("#draw");
  await page.waitForSelector("#board");
  await page.click(`.sources .choices button:has-text("${size}")`);
  for (const [colour, width, points] of DRAWINGS[drawing])
    await stroke(page, colour, size < 24 ? Math.min(width, 3) : width, points);
}
