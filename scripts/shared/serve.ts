// Serves a site's files, with the headers that threads need.

import { createServer, type IncomingMessage, type Server } from "node:http";
import { extname } from "node:path";
import { FileError } from "../../lib/cells/errors.js";

/** Files by their addresses within the site; the page is index.html. */
export type Site = ReadonlyMap<string, Uint8Array>;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export interface ServeOptions {
  /** Whether pages may share memory between threads; true if not given. */
  readonly isIsolated?: boolean;
  /** Where in the host the site lies; "/" if not given. */
  readonly base?: string;
  /** Whether the service worker is missing, so that nothing can add the headers. */
  readonly noWorker?: boolean;
  /** Hears what the page posts. */
  readonly onPost?: (body: string) => void;
}

/** Throws FileError where the port cannot be had; 0 takes any that is free. */
export async function serve(
  site: Site,
  port: number,
  { isIsolated = true, base = "/", noWorker = false, onPost }: ServeOptions = {},
): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.method === "POST" && onPost) onPost(await bodyOf(request));
    const { pathname } = new URL(request.url ?? "/", "http://here");
    const address = pathname === base ? "index.html" : pathname.slice(base.length);
    const isThere = pathname.startsWith(base) && !(noWorker && address === "sw.js");
    const bytes = isThere ? site.get(address) : undefined;
    const type = bytes ? (TYPES[extname(address)] ?? "application/octet-stream") : "text/plain";
    response.writeHead(bytes ? 200 : 404, { "content-type": type, ...(isIsolated && ISOLATION) });
    response.end(bytes ?? `There is nothing at ${pathname}.`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "another program has it" : message;
      reject(new FileError(`Cannot serve on port ${port}: ${why}. Give another --port.`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
