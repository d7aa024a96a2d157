// Serves dist/ to a browser, with an empty page that imports from it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { root } from "#scripts/setup/root.mjs";

const PAGE = "<!doctype html><title>engine</title>";

/** Serves dist/, to pages that may share memory between threads or may not. */
export async function serve(isolated: boolean) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url!, "http://localhost").pathname);
    response.setHeader("content-type", path === "/" ? "text/html" : "text/javascript");
    if (isolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    response.end(path === "/" ? PAGE : await readFile(join(root, "dist", path)).catch(() => ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
