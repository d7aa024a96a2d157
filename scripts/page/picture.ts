// A picture of the page for the README: a bird that is becoming a lizard.

import type { AddressInfo } from "node:net";
import { chromium, type Page } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { FileError } from "../../lib/cells/errors.js";
import { writeFileAtomic } from "../../lib/io/atomic.js";
import { type Site, serve } from "../shared/serve.js";

const VIEWPORT = { width: 1120, height: 700 };
/** CA steps before the infection, and after it. */
const [GROWN, TAKEN] = [150, 15];

/** Throws FileError where there is no Chromium. */
export async function picturePage(site: Site, path: string): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new FileError("A picture of the page needs Chromium; install it, or name it by CHROMIUM.");
  if (!/\.png$/i.test(path))
    throw new FileError(`The picture of the page is a PNG; give a name that ends so, not ${path}.`);
  const server = await serve(site, 0);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const { port } = server.address() as AddressInfo;
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`http://127.0.0.1:${port}/`);
    await settle(page);
    await writeFileAtomic(path, await page.screenshot());
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Brings the page to the same state every time. */
async function settle(page: Page): Promise<void> {
  const isThere = "!!globalThis.playground?.world && playground.world.age > 0";
  while (!(await page.evaluate(isThere))) await page.waitForTimeout(50);
  await page.click("#pause");
  await page.waitForTimeout(200);
  await page.evaluate(`(async () => {
    const { world } = playground;
    world.reset();
    await world.advance(${GROWN});
    world.infect(36, 30, 2, 1);
    await world.advance(${TAKEN});
  })()`);
  await page.click("#step");
  await page.mouse.move(1, 1);
  await page.waitForTimeout(300);
  await page.evaluate("document.body.hidden = true");
  await page.waitForTimeout(300);
  await page.evaluate("document.body.hidden = false"); // drawn anew: what has moved there may lie between two pixels
  await page.waitForTimeout(300);
}
