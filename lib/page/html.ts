// The playground as one page that needs nothing else: engine, weights, script and style are inside.

import { script, style } from "./bundle.generated.js";
import { packScenes, type Scene } from "./scene.js";

const BODY = `<div id="app"></div>
<noscript>The playground is a program: it needs scripts to be allowed.</noscript>`;

/** JSON that cannot be taken for markup. */
function jsonInScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** A script whose strings cannot be taken for markup. */
function codeInScript(code: string): string {
  return code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

/** The whole page as HTML; it fetches and stores nothing. Throws InvalidInputError for scenes that cannot be used. */
export function playgroundPage(scenes: readonly Scene[], title = "Playground"): string {
  const heading = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${style}</style>
${BODY}
<script type="application/json" id="scenes">${jsonInScript(packScenes(scenes))}</script>
<script type="module">${codeInScript(script)}</script>
</html>
`;
}
