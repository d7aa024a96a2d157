// What npm start serves, in a real browser: every notebook opens with all of its pictures, and asks for nothing that is
// not there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";

const executablePath = findChromium();
const skip = NO_JUPYTER || (executablePath ? false : "no Chromium here");
const TOKEN = "token-of-a-test";
const NOTEBOOKS = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

let browser: Browser;
let address: string;
let stop: () => void;
before(async () => {
  if (skip) return;
  const port = await freePort();
  address = `http://localhost:${port}`;
  const child = spawn("npm", ["start", "--", "--no-browser", "--port", `${port}`], {
    cwd: root,
    env: { ...process.env, JUPYTER_TOKEN: TOKEN },
    stdio: "ignore",
    detached: true,
  });
  stop = () => process.kill(-child.pid!, "SIGTERM");
  const answers = () =>
    fetch(`${address}/api`)
      .then(({ ok }) => ok)
      .catch(() => false);
  while (!(await answers())) {
    assert.equal(child.exitCode, null, "npm start ended");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  stop?.();
});

/** Where the server's own page of a notebook is: classic Jupyter and Notebook 7, or JupyterLab. */
const pages = (name: string) => [`/notebooks/notebooks/${name}`, `/lab/tree/notebooks/${name}`];

for (const name of NOTEBOOKS) {
  test(`${name} is served with its pictures`, { skip, timeout: 120_000 }, async () => {
    const page = await browser.newPage();
    const missing: string[] = [];
    page.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      if (response.status() >= 400 && !path.startsWith("/nbextensions/")) missing.push(path);
    });
    const [own, lab] = pages(name);
    const found = await fetch(`${address}${own}?token=${TOKEN}`);
    await page.goto(`${address}${found.ok ? own : lab}?token=${TOKEN}`);
    await page.waitForSelector(".output img, .jp-OutputArea img", { timeout: 60_000 });
    await page.waitForLoadState("networkidle");
    const broken = await page.evaluate(
      `[...document.images].filter((image) => image.complete && image.naturalWidth === 0).map((image) => image.src)`,
    );
    assert.deepEqual(broken, []);
    assert.deepEqual(missing, []);
    await page.close();
  });
}

test("it opens on the notebooks", { skip, timeout: 60_000 }, async () => {
  const page = await browser.newPage();
  await page.goto(`${address}/?token=${TOKEN}`);
  await page.waitForSelector(`text=${NOTEBOOKS[0]}`);
  await page.close();
});
