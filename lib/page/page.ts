// The playground's page: draws the world sixty times a second and turns pointer, touch and keys into wounds and
// infections. Bundled into one script; see html.ts for the page around it.

import { scale, toRgba } from "../view/frame.js";
import { tintedByStrain } from "../view/strains.js";
import { type Brush, find, listStrains, offerBrushes, showFigures } from "./panel.js";
import { unpackScenes } from "./scene.js";
import { World } from "./world.js";

/** CA steps per second at each position of the slider. */
const SPEEDS = [7.5, 15, 30, 60, 120, 240, 480];
/** The most CA steps per frame: on a slow machine the pattern lives more slowly, but the page does not freeze. */
const MOST_STEPS = 12;
const INFECT_RADIUS = 1.5;
const WOUND_RADIUS = 4;
const STATUS_MS = 250;
/** Pixels per cell, enough for the cursor's frame to be thin. */
const SCALE = 7;
const CURSOR = "#e8590c";

declare global {
  /** For tests and the curious: the world on the page. */
  var playground: { readonly world: World; readonly running: boolean; readonly framesASecond: number };
}

const scenes = unpackScenes(find("#scenes").textContent ?? "[]");
const canvas = find<HTMLCanvasElement>("canvas");
const context = canvas.getContext("2d")!;
const speed = find<HTMLInputElement>("#speed");
const size = find<HTMLInputElement>("#size");
const overlay = find<HTMLInputElement>("#overlay");
const select = find<HTMLSelectElement>("#scene");

let world = new World(scenes[0]);
let running = false;
let brush: Brush = "wound";
let cursor = { x: 0, y: 0 };
let framesASecond = 0;

globalThis.playground = {
  get world() {
    return world;
  },
  get running() {
    return running;
  },
  get framesASecond() {
    return framesASecond;
  },
};

function say(text: string): void {
  find(".status").textContent = text;
}

function draw(): void {
  const { spec } = world.scene.strains[0].rule;
  const cells = overlay.checked ? tintedByStrain(world.cells, {}, spec) : toRgba(world.cells);
  const { data, width, height } = scale(cells, SCALE);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  if (document.activeElement !== canvas || !canvas.matches(":focus-visible")) return;
  context.strokeStyle = CURSOR;
  context.lineWidth = 2;
  context.strokeRect(cursor.x * SCALE - 1, cursor.y * SCALE - 1, SCALE + 2, SCALE + 2);
}

function refresh(): void {
  draw();
  showFigures(world, framesASecond);
}

function choose(index: number): void {
  world = new World(scenes[index]);
  offerBrushes(world.scene, (chosen) => {
    brush = chosen;
  });
  listStrains(world.scene);
  const { width, height } = world.cells;
  cursor = { x: width >> 1, y: height >> 1 };
  canvas.style.aspectRatio = `${width} / ${height}`;
  find<HTMLButtonElement>("#random").disabled = world.scene.strains.length < 2;
  say("");
  refresh();
}

/** Uses the brush on a cell. */
function paint(x: number, y: number): void {
  const factor = Number(size.value);
  say("");
  if (brush === "wound") world.wound(x, y, WOUND_RADIUS * factor);
  else if (brush === "plant") world.plant(x, y, 0);
  else if (world.infect(x, y, INFECT_RADIUS * factor, brush.infect) === 0)
    say("Nothing lives there to infect.");
  draw();
}

function paintAt(event: PointerEvent): void {
  const box = canvas.getBoundingClientRect();
  const { width, height } = world.cells;
  const x = Math.floor(((event.clientX - box.left) / box.width) * width);
  const y = Math.floor(((event.clientY - box.top) / box.height) * height);
  paint(x, y);
}

function setRunning(on: boolean): void {
  running = on;
  find("#pause").textContent = on ? "Pause" : "Go on";
}

async function step(): Promise<void> {
  setRunning(false);
  await world.advance(1);
  refresh();
}

function reset(): void {
  world.reset();
  refresh();
}

function randomPoint(): void {
  const strain = typeof brush === "object" && brush.infect > 0 ? brush.infect : 1;
  if (strain < world.scene.strains.length) world.infectAtRandom(strain);
  draw();
}

function move(dx: number, dy: number): void {
  const { width, height } = world.cells;
  cursor.x = Math.min(width - 1, Math.max(0, cursor.x + dx));
  cursor.y = Math.min(height - 1, Math.max(0, cursor.y + dy));
  say(`Cell ${cursor.x}, ${cursor.y}`);
  draw();
}

/** Keys, while the grid has the focus. */
const KEYS: Record<string, () => void | Promise<void>> = {
  " ": () => setRunning(!running),
  s: step,
  r: reset,
  i: randomPoint,
  o: () => {
    overlay.checked = !overlay.checked;
    draw();
  },
  Enter: () => paint(cursor.x, cursor.y),
  ArrowLeft: () => move(-1, 0),
  ArrowRight: () => move(1, 0),
  ArrowUp: () => move(0, -1),
  ArrowDown: () => move(0, 1),
};

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = document.querySelector<HTMLInputElement>(`#brush-${Number(event.key) - 1}`);
  const action = chosen ? () => chosen.click() : Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  canvas.setPointerCapture(event.pointerId);
  paintAt(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (event.buttons === 1 && brush !== "plant") paintAt(event);
});
for (const name of ["focus", "blur"]) canvas.addEventListener(name, draw);
find("#pause").addEventListener("click", () => setRunning(!running));
find("#step").addEventListener("click", step);
find("#reset").addEventListener("click", reset);
find("#random").addEventListener("click", randomPoint);
overlay.addEventListener("change", draw);
speed.addEventListener("input", sayRanges);
size.addEventListener("input", sayRanges);
select.replaceChildren(...scenes.map(({ title }, i) => new Option(title, `${i}`)));
select.addEventListener("change", () => choose(Number(select.value)));

/** The sliders' values in words, beside them and for screen readers. */
function sayRanges(): void {
  const texts: [HTMLInputElement, string][] = [
    [speed, `${SPEEDS[Number(speed.value)]} steps/s`],
    [size, `× ${size.value}`],
  ];
  for (const [input, text] of texts) {
    input.setAttribute("aria-valuetext", text);
    input.nextElementSibling!.textContent = text;
  }
}

let due = 0; // CA steps that are due, fractions included
let last = performance.now();
let frames = 0;
let countedSince = last;
async function frame(now: number): Promise<void> {
  if (running) {
    due = Math.min(MOST_STEPS, due + ((now - last) / 1000) * SPEEDS[Number(speed.value)]);
    const steps = Math.floor(due);
    due -= steps;
    if (steps > 0) {
      await world.advance(steps);
      draw();
    }
  }
  last = now;
  frames++;
  if (now - countedSince >= STATUS_MS) {
    framesASecond = (1000 * frames) / (now - countedSince);
    [frames, countedSince] = [0, now];
    showFigures(world, framesASecond);
  }
  requestAnimationFrame(frame);
}

sayRanges();
choose(0);
setRunning(!matchMedia("(prefers-reduced-motion: reduce)").matches);
requestAnimationFrame(frame);
