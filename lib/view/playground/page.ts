// The playground's page: draws the world sixty times a second and turns pointer, touch and keys into wounds and
// infections. Bundled into one script; see html.ts for the page around it.

import { type Rgb, toRgba } from "../frame.js";
import { STRAIN_COLOURS, tintedByStrain } from "../strains.js";
import { unpackScenes } from "./scene.js";
import { World } from "./world.js";

/** CA steps a frame, by the place of the slider. */
const SPEEDS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];
const INFECT_RADIUS = 1.5;
const WOUND_RADIUS = 4;
const STATUS_MS = 250;

/** What the pointer does. */
type Brush = "wound" | "plant" | { readonly infect: number };

declare global {
  /** For tests and the curious: the world on the page. */
  var playground: { readonly world: World; readonly running: boolean; readonly framesASecond: number };
}

function find<T extends Element>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return element;
}

const scenes = unpackScenes(find("#scenes").textContent ?? "[]");
const canvas = find<HTMLCanvasElement>("canvas");
const context = canvas.getContext("2d")!;
const speed = find<HTMLInputElement>("#speed");
const size = find<HTMLInputElement>("#size");
const overlay = find<HTMLInputElement>("#overlay");
const status = find<HTMLElement>(".status");

let world = new World(scenes[0]);
let running = true;
let brush: Brush = "wound";
let due = 0; // parts of a CA step that slow speeds have saved up
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
  status.textContent = text;
}

function draw(): void {
  const image = overlay.checked ? tintedByStrain(world.cells) : toRgba(world.cells);
  const { width, height } = image;
  if (canvas.width !== width) [canvas.width, canvas.height] = [width, height];
  context.putImageData(new ImageData(new Uint8ClampedArray(image.data), width, height), 0, 0);
}

function show(): void {
  find("#age").textContent = world.age.toLocaleString("en");
  find("#rate").textContent = framesASecond.toFixed(0);
  world.scene.strains.forEach((_, strain) => {
    find(`#share-${strain}`).textContent = `${Math.round(100 * world.share(strain))} %`;
    const loss = world.logLoss(strain);
    find(`#loss-${strain}`).textContent = loss.toFixed(2).replace("-", "\u2212");
  });
}

function choose(index: number): void {
  world = new World(scenes[index]);
  const { strains } = world.scene;
  const named = strains.map(({ name }, i) => ({
    label: `${i === 0 ? "host" : "infect"}: ${name}`,
    infect: i,
  }));
  const brushes: { label: string; value: Brush; colour: Rgb }[] = [
    { label: "wound", value: "wound", colour: [255, 255, 255] },
    ...named.map(({ label, infect }) => ({ label, value: { infect }, colour: STRAIN_COLOURS[infect] })),
    { label: `seed: ${strains[0].name}`, value: "plant", colour: [0, 0, 0] },
  ];
  find("#brushes").replaceChildren(
    ...brushes.map(({ label, value, colour }, i) => {
      const element = document.createElement("label");
      element.className = "brush";
      const input = Object.assign(document.createElement("input"), {
        type: "radio",
        name: "brush",
        id: `brush-${i}`,
      });
      input.checked = i === (strains.length > 1 ? 2 : 0);
      if (input.checked) brush = value;
      input.addEventListener("change", () => {
        brush = value;
      });
      const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
      swatch.style.background = `rgb(${colour})`;
      element.append(
        input,
        swatch,
        `${label} `,
        Object.assign(document.createElement("kbd"), { textContent: `${i + 1}` }),
      );
      return element;
    }),
  );
  find("#strains").replaceChildren(
    ...strains.map(({ name }, i) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
      const cell = (id: string) => Object.assign(document.createElement("td"), { id });
      row.append(head, cell(`share-${i}`), cell(`loss-${i}`));
      return row;
    }),
  );
  find<HTMLButtonElement>("#random").disabled = strains.length < 2;
  say("");
  draw();
  show();
}

function touch(event: PointerEvent): void {
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * canvas.width - 0.5;
  const y = ((event.clientY - box.top) / box.height) * canvas.height - 0.5;
  const factor = Number(size.value);
  if (brush === "wound") world.wound(x, y, WOUND_RADIUS * factor);
  else if (brush === "plant") world.plant(Math.round(x), Math.round(y), 0);
  else if (world.infect(x, y, INFECT_RADIUS * factor, brush.infect) === 0)
    say("Nothing lives there to infect.");
  else say("");
  draw();
}

function setRunning(on: boolean): void {
  running = on;
  find("#pause").textContent = on ? "Pause" : "Go on";
}

function step(): void {
  setRunning(false);
  world.advance(1);
  draw();
  show();
}

function reset(): void {
  world.reset();
  draw();
  show();
}

function randomPoint(): void {
  const strain = typeof brush === "object" && brush.infect > 0 ? brush.infect : 1;
  if (strain < world.scene.strains.length) world.infectAtRandom(strain);
  draw();
}

const KEYS: Record<string, () => void> = {
  " ": () => setRunning(!running),
  s: step,
  r: reset,
  i: randomPoint,
  o: () => {
    overlay.checked = !overlay.checked;
    draw();
  },
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const onControl = target instanceof HTMLButtonElement || target instanceof HTMLSelectElement;
  if (key === " " && (onControl || target instanceof HTMLInputElement)) return;
  const chosen = document.querySelector<HTMLInputElement>(`#brush-${Number(key) - 1}`);
  const action = chosen ? () => chosen.click() : KEYS[key];
  if (!action) return;
  event.preventDefault();
  action();
});
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  touch(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (event.buttons !== 0 && brush !== "plant") touch(event);
});
find("#pause").addEventListener("click", () => setRunning(!running));
find("#step").addEventListener("click", step);
find("#reset").addEventListener("click", reset);
find("#random").addEventListener("click", randomPoint);
overlay.addEventListener("change", draw);
const select = find<HTMLSelectElement>("#scene");
select.replaceChildren(...scenes.map(({ title }, i) => new Option(title, `${i}`)));
select.addEventListener("change", () => choose(Number(select.value)));

let frames = 0;
let countedSince = performance.now();
function frame(now: number): void {
  if (running) {
    due += SPEEDS[Number(speed.value)];
    const steps = Math.floor(due);
    due -= steps;
    if (steps > 0) {
      world.advance(steps);
      draw();
    }
  }
  frames++;
  if (now - countedSince >= STATUS_MS) {
    framesASecond = (1000 * frames) / (now - countedSince);
    [frames, countedSince] = [0, now];
    show();
  }
  requestAnimationFrame(frame);
}

choose(0);
requestAnimationFrame(frame);
