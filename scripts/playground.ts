// npm run playground: builds the playground as a folder that any web host can serve, and serves it.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { file, whole } from "./shared/flags.js";

/** Every page of ours has its scenes so. */
const OURS = '<script type="application/json" id="scenes">';

export const playgroundFlags = command(
  "playground",
  "Builds the playground as a folder that any web host can serve, and serves it.",
  ["--port 8080", "--build --out playground", "--model lizard my-rule.safetensors"],
)
  .optionsGroup("What it shows:")
  .addOption(
    new Option(
      "--model <files...>",
      "rules of your own, files or names in models/, instead of what models/ has",
    ),
  )
  .optionsGroup(RUNNING)
  .addOption(file("--out <folder>", "where the page goes").default("dist/playground"))
  .addOption(whole("--port <number>", "where it is served", 1, 65_535).default(8765))
  .addOption(new Option("--build", "only build the folder"));

await runCommand(import.meta.url, playgroundFlags, async ({ values }) => {
  const { port } = values;
  const nca = await import("../lib/node.js");
  const { ownScene, scenes } = await import("./shared/scenes.js");
  const shown = values.model ? await Promise.all(values.model.map(ownScene)) : await scenes();
  const page = new TextEncoder().encode(nca.playgroundPage(shown, "Differentiable morphogenesis"));
  try {
    mkdirSync(values.out);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw new nca.FileError(`Cannot make the folder ${values.out}: ${message}.`);
  }
  const path = join(values.out, "index.html");
  if (existsSync(path) && !readFileSync(path, "utf8").includes(OURS)) {
    throw new nca.FileError(`${path} is another page, and would be lost; give another folder by --out.`);
  }
  await nca.writeFileAtomic(path, page);
  if (values.build) {
    console.log(`The playground is in ${values.out}.`);
    return;
  }
  const { serve } = await import("./shared/serve.js");
  await serve(new Map([["index.html", page]]), port, { isIsolated: false });
  console.log(`The playground is at http://127.0.0.1:${port}/ and in ${values.out}. Ctrl-C ends it.`);
});
