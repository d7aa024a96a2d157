// npm run page: builds the page as a folder of files that any web host can serve, and serves it.

import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { root } from "#scripts/setup/root.mjs";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { file, whole } from "./shared/flags.js";

export const pageFlags = command(
  "page",
  "Builds the page as files that any web host can serve, into dist/page, and serves it.",
  ["--port 8080", "--build", "--picture images/page.png"],
)
  .optionsGroup("What it makes:")
  .addOption(file("--picture <file>", "a picture of the page, taken in Chromium, instead of serving it"))
  .optionsGroup(RUNNING)
  .addOption(whole("--port <number>", "where it is served", 1, 65_535).default(8766))
  .addOption(new Option("--build", "only build the folder"));

await runCommand(import.meta.url, pageFlags, async ({ values }) => {
  const { OUT, siteOf } = await import("./page/site.js");
  const { serve } = await import("./shared/serve.js");
  const site = await siteOf();
  const folder = join(root, OUT);
  rmSync(folder, { recursive: true, force: true });
  for (const [address, bytes] of site) {
    await mkdir(dirname(join(folder, address)), { recursive: true });
    await writeFile(join(folder, address), bytes);
  }
  if (values.picture) {
    const { picturePage } = await import("./page/picture.js");
    await picturePage(site, values.picture);
    console.log(`Wrote ${values.picture}.`);
    return;
  }
  if (values.build) {
    console.log("The page is in dist/page.");
    return;
  }
  await serve(site, values.port);
  console.log(`The page is at http://127.0.0.1:${values.port}/ and in dist/page. Ctrl-C ends it.`);
});
