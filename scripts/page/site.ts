// Makes the site: scripts that are loaded when they are needed, rules, pictures, one page, and the service worker that
// keeps them. Names of files are hashes of what is in them, so that any host may cache them for ever.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { root } from "#scripts/setup/root.mjs";
import { modelPath } from "../shared/models.js";
import type { Site } from "../shared/serve.js";
import { adversarialOffer } from "./adversarial.js";
import { automataOffer } from "./automata.js";
import { catalogueOf } from "./catalogue.js";
import type { Put } from "./chapters.js";
import { digitsOffer } from "./digits.js";
import { pageOf } from "./html.js";
import { texturesOffer } from "./textures.js";

const hashOf = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

/** Puts a file into the site under a name that says what is in it. Returns its address. */
function put(site: Map<string, Uint8Array>, folder: string, name: string, bytes: Uint8Array): string {
  const [stem, ending] = [name.replace(/\.\w+$/, ""), /\.\w+$/.exec(name)?.[0] ?? ""];
  const address = `${folder}${stem}-${hashOf(bytes)}${ending}`;
  site.set(address, bytes);
  return address;
}

const OPTIONS = {
  bundle: true,
  minify: true,
  absWorkingDir: root,
  target: "es2022",
  write: false,
  legalComments: "none",
  logLevel: "error",
} as const;

/** Where the site goes, which its addresses are relative to. */
export const OUT = "dist/page";

/** The script of the stage's worker is imported when it is asked for, which is at once. */
const STAGE_WORKER = "lib/engine/worker/server.generated.ts";

/** The scripts; returns the address of the first, and of those that it always needs. */
async function putScripts(site: Map<string, Uint8Array>) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    entryPoints: ["lib/page/site/site.tsx"],
    outdir: OUT,
    entryNames: "scripts/[name]-[hash]",
    chunkNames: "scripts/[name]-[hash]",
    splitting: true,
    format: "esm",
    metafile: true,
  });
  const addressOf = (path: string) => relative(join(root, OUT), resolve(root, path)).replaceAll("\\", "/");
  for (const { path, contents } of outputFiles) site.set(addressOf(path), contents);
  const outputs = Object.entries(metafile.outputs).map(
    ([path, output]) => [addressOf(path), output] as const,
  );
  const [entry, { imports }] = outputs.find(([, { entryPoint }]) => entryPoint === "lib/page/site/site.tsx")!;
  const needed = imports.filter(({ kind }) => kind === "import-statement");
  const [worker] = outputs.find(([, { inputs }]) => STAGE_WORKER in inputs)!;
  return { entry, needed: [...needed.map(({ path }) => addressOf(path)), worker] };
}

async function styleText(): Promise<string> {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: ["lib/page/app/page.css"], loader: {} });
  return outputFiles[0].text.trim();
}

/** Builds the site in memory. */
export async function siteOf(): Promise<Site> {
  const site = new Map<string, Uint8Array>();
  const rules = new Map<string, string>();
  const rule = (name: string) => {
    const known =
      rules.get(name) ?? put(site, "rules/", `${name}.safetensors`, readFileSync(modelPath(name)));
    rules.set(name, known);
    return known;
  };
  const pictures = new Map<string, string>();
  const picture = (emoji: string) => {
    const path = join(root, `targets/${emoji}.png`);
    const known = pictures.get(emoji) ?? put(site, "pictures/", basename(path), readFileSync(path));
    pictures.set(emoji, known);
    return known;
  };
  const emoji = catalogueOf({ rule, picture });
  const made: Put = (folder, name, bytes) => put(site, folder, name, bytes);
  const others = [
    await adversarialOffer(made, { rule, picture }),
    await automataOffer(made),
    digitsOffer(made),
    await texturesOffer(made),
  ].filter((offer) => offer !== undefined);
  const catalogue = { ...emoji, offers: [...emoji.offers, ...others] };
  const { entry, needed } = await putScripts(site);
  const [first] = catalogue.offers[0].variants;
  const page = pageOf({
    catalogue,
    style: await styleText(),
    entry,
    preloads: needed,
    rules: [...new Set(first.strains.map(({ rule }) => rule))],
    icon: picture(catalogue.offers[0].id),
  });
  site.set("index.html", new TextEncoder().encode(page));
  site.set("licences.txt", new TextEncoder().encode(licences()));
  site.set("manifest.webmanifest", new TextEncoder().encode(manifestOf(picture(catalogue.offers[0].id))));
  site.set("sw.js", await serviceWorker(site));
  return site;
}

/** Whose work the site holds, and on which terms. */
function licences(): string {
  const packages = ["preact", "@preact/signals", "lucide", "idb-keyval", "gifenc", "fflate"];
  const read = (path: string) => readFileSync(join(root, path), "utf8").trim();
  const textOf = (name: string) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name}\n\n${file ? read(join("node_modules", name, file)) : JSON.parse(read(join("node_modules", name, "package.json"))).license}`;
  };
  const pictures = `The pictures are Google's Noto Emoji.\n\n${read("targets/LICENSE")}`;
  return [read("LICENSE"), pictures, ...packages.map(textOf)].join("\n\n----\n\n");
}

function manifestOf(icon: string): string {
  return JSON.stringify({
    name: "Morphogenesis",
    short_name: "Morphogenesis",
    start_url: "./",
    display: "standalone",
    background_color: "#faf8f5",
    theme_color: "#faf8f5",
    icons: [{ src: icon, sizes: "128x128", type: "image/png" }],
  });
}

async function serviceWorker(site: Site): Promise<Uint8Array> {
  const files = ["./", ...[...site.keys()].filter((address) => address !== "index.html")];
  const version = hashOf([...site].map(([address, bytes]) => address + hashOf(bytes)).join());
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: ["lib/page/site/service-worker.ts"],
    format: "iife",
    define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(version) },
  });
  return outputFiles[0].contents;
}
