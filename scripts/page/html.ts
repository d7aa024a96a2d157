// The site's one page. What it may load is only itself: no other host is ever asked.

import { createHash } from "node:crypto";
import { jsonInScript } from "../../lib/page/markup.js";
import type { Catalogue } from "../../lib/page/offers.js";

export interface PageParts {
  readonly catalogue: Catalogue;
  readonly style: string;
  /** The address of the first script, of those that it needs at once, and of the rules that live first. */
  readonly entry: string;
  readonly preloads: readonly string[];
  readonly rules: readonly string[];
  readonly icon: string;
}

const ABOUT =
  "Living pictures that grow from one cell, heal, and infect each other. Touch them, wound them, draw your own and watch it learn.";

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export function pageOf({ catalogue, style, entry, preloads, rules, icon }: PageParts): string {
  const [{ variants }] = catalogue.offers;
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    `style-src ${sha256(style)}`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const links = [
    ...preloads.map((path) => `<link rel="modulepreload" href="${path}">`),
    ...rules.map((path) => `<link rel="preload" href="${path}" as="fetch" crossorigin>`),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${ABOUT}">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#faf8f5">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#141312">
<title>Morphogenesis: pictures that live</title>
<link rel="icon" href="${icon}">
<link rel="manifest" href="manifest.webmanifest">
${links.join("\n")}
<style>${style}</style>
<div id="app"><main><div class="play"><header class="title"><div><h1>Morphogenesis</h1><p class="sentence">${variants[0].sentence}</p></div></header></div></main></div>
<noscript>These pictures live by a program: scripts must be allowed.</noscript>
<script type="application/json" id="catalogue">${jsonInScript(JSON.stringify(catalogue))}</script>
<script type="module" src="${entry}"></script>
</html>
`;
}
