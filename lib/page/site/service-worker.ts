// Keeps all files of the site, and adds the headers that let a page share memory between threads, which hosts such as
// GitHub Pages cannot send. Never imported: the build makes sw.js of it.

/** What the build puts in: the files of this version, whose names are hashes of what is in them, and the version itself. */
declare const FILES: readonly string[];
declare const VERSION: string;

/** What this script needs of the types of service workers, which do not go together with those of a page. */
interface Extendable {
  waitUntil(done: Promise<unknown>): void;
}
interface Asked extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  addEventListener(kind: "install" | "activate", hear: (event: Extendable) => void): void;
  addEventListener(kind: "fetch", hear: (event: Asked) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
  readonly location: { readonly origin: string };
}
const scope = globalThis as unknown as Scope;

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};
/** Several copies of the site may lie on one host. */
const MINE = `morphogenesis ${scope.registration.scope} `;
const NAME = MINE + VERSION;

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(
    FILES.map((file) => new Request(new URL(file, scope.registration.scope), { cache: "reload" })),
  );
  await scope.skipWaiting();
}

/** Open pages may still ask for files of the version before: that one stays, older ones go. */
async function activate(): Promise<void> {
  const mine = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== NAME);
  for (const name of mine.slice(0, -1)) await caches.delete(name);
  await scope.clients.claim();
}

function withHeaders(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const isPage = request.mode === "navigate";
  const kept = isPage ? await cache.match(scope.registration.scope) : await caches.match(request);
  if (kept && !isPage) return withHeaders(kept);
  try {
    return withHeaders(await fetch(request)); // a page is asked for anew, so that a new version is seen
  } catch (error) {
    if (kept) return withHeaders(kept);
    throw error;
  }
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== scope.location.origin) return;
  event.respondWith(answer(request));
});
