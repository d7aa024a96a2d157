// npm run playground: builds the playground as a folder that any web host can serve, and serves it.

import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import * as nca from "../lib/index.js";
import { runCommand, wholeNumber } from "./shared/command.js";
import { scenes } from "./shared/scenes.js";

const flags = {
  out: { help: "the folder that the page goes to", value: "dist/playground" },
  port: { help: "where it is served", value: "8765" },
  build: { help: "only build the folder", value: false },
} as const;

await runCommand("playground", flags, async (values) => {
  const port = wholeNumber("port", values.port, 1, 65_535);
  const page = new TextEncoder().encode(nca.playgroundPage(await scenes(), "Differentiable morphogenesis"));
  try {
    mkdirSync(values.out);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw new nca.FileError(`Cannot make the folder ${values.out}: ${message}.`);
  }
  await nca.writeFileAtomic(join(values.out, "index.html"), page);
  if (values.build) {
    console.log(`The playground is in ${values.out}.`);
    return;
  }
  const server = createServer((request, response) => {
    const found = request.url === "/" || request.url === "/index.html";
    response.writeHead(found ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(found ? page : "There is one page here: /");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "another program has it" : message;
      reject(new nca.FileError(`Cannot serve on port ${port}: ${why}. Give another --port.`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  console.log(`The playground is at http://127.0.0.1:${port}/ and in ${values.out}. Ctrl-C ends it.`);
});
