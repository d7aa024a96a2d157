// The playground as one page that needs nothing else: engine, weights, script and style are inside.

import { script, style } from "./bundle.generated.js";
import { codeInScript, inText, jsonInScript } from "./markup.js";
import { packScenes, type Scene } from "./scene.js";

const BODY = `<div id="app"></div>
<noscript>The playground is a program: it needs scripts to be allowed.</noscript>`;

/** The whole page as HTML; it fetches nothing, and stores whether it is light or dark. Throws InvalidInputError for scenes that cannot be used. */
export function playgroundPage(scenes: readonly Scene[], title = "Playground"): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${inText(title)}</title>
<style>${style}</style>
${BODY}
<script type="application/json" id="scenes">${jsonInScript(packScenes(scenes))}</script>
<script type="module">${codeInScript(script)}</script>
</html>
`;
}
