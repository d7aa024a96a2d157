// The app of `app.ts`, bundled from the installed package, and served to pages that may share memory or may not. A page
// trains, and posts what it learned: so any browser will do that opens an address.

import { copyFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "#scripts/setup/root.mjs";
import type { Learned } from "./app.js";

export type Files = ReadonlyMap<string, Uint8Array>;

/** The script that is loaded first. */
export const APP = "app.js";

/** The app as scripts by name; all but `APP` are loaded when they are asked for. `folder` has the package installed. */
export async function bundledApp(folder: string): Promise<Files> {
  copyFileSync(join(root, "test/project/app.ts"), join(folder, "app.ts"));
  const outdir = join(folder, "out");
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    entryPoints: [join(folder, "app.ts")],
    outdir,
    absWorkingDir: folder,
    write: false,
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(outdir.length + 1), contents]));
}

/** What comes first is held up by loading; of two more the calmer one counts, as the machine may be busy otherwise. */
const page = (steps: number) => `<!doctype html><title>app</title><script type="module">
const post = (body) => fetch("/learned", { method: "POST", body: JSON.stringify(body) });
try {
  const { learn } = await import("/${APP}");
  await learn(${steps});
  const runs = [await learn(${steps}), await learn(${steps})];
  const [calmer] = runs.sort((one, other) => one.longest - other.longest);
  await post({ ...calmer, isIsolated: self.crossOriginIsolated });
} catch (error) {
  await post({ error: String(error) });
}
</script>`;

export interface Posted extends Learned {
  readonly isIsolated: boolean;
  readonly error?: string;
}

/** Serves the app; `learned` is what a page posts. */
export async function serveApp(files: Files, steps: number, isIsolated: boolean) {
  let hear: (posted: Posted) => void = () => {};
  const learned = new Promise<Posted>((resolve) => {
    hear = resolve;
  });
  const server = createServer(async (request, response) => {
    const file = files.get(request.url!.slice(1));
    response.setHeader("content-type", file ? "text/javascript" : "text/html");
    if (isIsolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      hear(JSON.parse(Buffer.concat(chunks).toString()));
    }
    response.end(file ?? page(steps));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address, learned, close };
}
