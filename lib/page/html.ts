// The playground as one page that needs nothing else: engine, weights, script and style are inside.

import { script, style } from "./bundle.generated.js";
import { packScenes, type Scene } from "./scene.js";

const BODY = `<main>
<h1>Playground</h1>
<div class="grid"><canvas tabindex="0" role="application" aria-label="The grid. Arrow keys move a cursor, Enter uses the
brush, space pauses."></canvas></div>
<div class="panel">
<select id="scene" aria-label="Scene"></select>
<div class="row">
<button id="pause">Pause</button><button id="step">Step</button><button id="reset">Reset</button>
<button id="random">Infect a random cell</button>
</div>
<fieldset><legend>Brush</legend><div id="brushes"></div></fieldset>
<label class="range">Brush size<input id="size" type="range" min="0.5" max="3" step="0.5" value="1"><output></output></label>
<label class="range">Speed<input id="speed" type="range" min="0" max="6" step="1" value="3"><output></output></label>
<label class="row"><input id="overlay" type="checkbox"> show strains</label>
<table>
<thead><tr><th scope="col">picture</th><th scope="col">cells</th><th scope="col">log loss</th></tr></thead>
<tbody id="strains"></tbody>
<tbody>
<tr><th scope="row">CA steps</th><td></td><td id="age"></td></tr>
<tr><th scope="row">frames a second</th><td></td><td id="rate"></td></tr>
</tbody>
</table>
<div class="status" role="status"></div>
<div class="keys">On the grid: <kbd>1</kbd> <kbd>2</kbd> … brush <kbd>↵</kbd> use it <kbd>←↑→↓</kbd> cursor
<kbd>space</kbd> pause <kbd>s</kbd> step <kbd>r</kbd> reset <kbd>i</kbd> random cell <kbd>o</kbd> strains</div>
</div>
</main>
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
