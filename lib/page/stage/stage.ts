// The stage: a world that lives, sixty times a second or as fast as it goes, and what is done to it. Draws on one canvas
// and knows nothing of the page around it but the signals that it sets.

import { batch, signal } from "@preact/signals";
import { ALPHA, RGBA } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { engineFor } from "../../engine/engines.js";
import type { Scene } from "../scene.js";
import { World } from "../world.js";
import { forgetWorker, stageEngine } from "./engine.js";
import { Film } from "./film.js";
import { History } from "./history.js";
import { paint, put, type Shown } from "./paint.js";
import { type Place, placesBetween } from "./stroke.js";
import { canUse, STROKE_STEP, strainOf, type Tool, use } from "./tools.js";
import { HOME, WHOLE } from "./view.js";

/** CA steps a second at each position of the slider; the last goes as fast as it can. */
export const SPEEDS = [2, 8, 15, 30, 60, 120, 240, Number.POSITIVE_INFINITY] as const;
const USUAL_SPEED = SPEEDS.indexOf(60);
/** How long the steps of one frame may take, and of one where speed is all that counts. */
const FRAME_BUDGET_MS = 12;
const FULL_BUDGET_MS = 30;
const MOST_STEPS = 200;
const FIGURES_MS = 150;
/** CA steps that a new pattern lives at once, when nothing may move by itself. */
const GROWN = 150;
/** CA steps a second at which a new pattern grows up. */
const YOUNG_SPEED = 180;
const YOUNG = 110;
/** Empty space at each side, as a share of it, that need not be seen. */
const MARGIN = 0.15;

/** Whether a scene's grid has room around its picture. */
function isRoomy({ strains }: Scene): boolean {
  const { height, width, data } = strains[0].target;
  const margin = Math.floor(height * MARGIN);
  return !data.some((value, i) => {
    const [x, y] = [Math.floor(i / RGBA) % width, Math.floor(i / RGBA / width)];
    const isRim = Math.min(x, y, width - 1 - x, height - 1 - y) < margin;
    return isRim && i % RGBA === ALPHA && value > 0;
  });
}

export class Stage {
  readonly scene = signal<Scene | undefined>(undefined);
  readonly isRunning = signal(true);
  readonly speed = signal<number>(USUAL_SPEED);
  readonly tool = signal<Tool>("infect");
  readonly brush = signal(1);
  readonly shown = signal<Shown>("colour");
  readonly view = signal(WHOLE);
  readonly message = signal("");
  readonly shares = signal<readonly number[]>([1]);
  readonly isEmpty = signal(false);
  readonly undoable = signal(0);
  readonly side = signal<number | undefined>(undefined);
  readonly turn = signal(0);
  readonly rngSeed = signal(0);
  readonly isFight = signal(false);
  readonly figures = signal({ age: 0, stepsASecond: 0, framesASecond: 0, engine: "" });
  readonly cursor = signal<Place | undefined>(undefined);
  /** Whether something was drawn or changed since the page was opened. */
  isTouched = false;
  world?: World;
  readonly film = new Film();
  private readonly history = new History();
  private canvas?: HTMLCanvasElement;
  private due = 0;
  private busy = false;
  private dirty = true;
  private stepMs = 1;
  private last = 0;
  private counted = { since: 0, frames: 0, steps: 0 };
  private from?: Place;
  private order = 0;

  /** Draws on this canvas from now on. */
  attach(canvas: HTMLCanvasElement): void {
    this.canvas = canvas;
    this.dirty = true;
  }

  /** Starts to live, for as long as the page does. */
  start(): void {
    const frame = (now: number) => {
      this.frame(now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Shows a scene from its seeds, or lets what lives follow its rules. */
  async show(scene: Scene, { isKept = false }: { readonly isKept?: boolean } = {}): Promise<void> {
    const order = ++this.order;
    const { spec } = scene.strains[0].rule;
    const engine = await stageEngine(spec);
    if (order !== this.order) return;
    const { world } = this;
    const canFollow = world?.cells.channels === spec.channels && !world.scene.isApart && !scene.isApart;
    if (isKept && world && canFollow) {
      this.remember();
      world.follow(scene);
      world.engine = engine;
    } else {
      const side = scene.isApart ? undefined : this.side.value;
      this.world = new World(scene, { engine, side, rngSeed: this.rngSeed.value });
      this.world.turn(this.turn.value);
      this.history.forget();
      this.film.clear();
    }
    batch(() => {
      this.scene.value = scene;
      this.isFight.value = false;
      this.undoable.value = this.history.length;
      if (!isKept)
        this.view.value = this.side.value === undefined && !scene.isApart && isRoomy(scene) ? HOME : WHOLE;
      this.message.value = "";
      if (!canUse(this.tool.value, this.world!)) this.tool.value = "wound";
    });
    if (!this.isRunning.value && !isKept) await this.advance(GROWN);
    this.changed();
  }

  /** Starts the pattern again, from its seeds. */
  async restart(): Promise<void> {
    const { scene } = this;
    this.isTouched = true;
    if (scene.value) await this.show(scene.value);
  }

  /** Starts the pattern again without a word: it was not the visitor who wanted it. */
  replant(): void {
    this.world?.reset();
    this.changed();
  }

  /** A grid of other sides; what lives stays in its middle as long as it fits. */
  async resize(side: number | undefined): Promise<void> {
    this.side.value = side;
    await this.restart();
  }

  private remember(): void {
    this.isTouched = true;
    if (!this.world) return;
    this.history.remember(this.world.snapshot());
    this.undoable.value = this.history.length;
  }

  undo(): void {
    const state = this.history.take();
    this.undoable.value = this.history.length;
    if (!state) return;
    this.world?.restore(state);
    this.changed();
  }

  clear(): void {
    this.remember();
    this.world?.clear();
    this.changed();
  }

  turnBy(radians: number): void {
    this.turn.value = radians;
    this.world?.turn(radians);
  }

  /** Lets infection and cure take each other, or the later one take the earlier one alone. */
  fight(isOn: boolean): void {
    const { scene } = this;
    const { world } = this;
    if (!world || !scene.value || scene.value.strains.length < 3) return;
    this.isFight.value = isOn;
    const { spread } = scene.value;
    const fair = spread.map((row, s) => row.map((chance, t) => (s === 1 && t === 2 ? spread[2][1] : chance)));
    world.follow(isOn ? { ...scene.value, spread: fair } : scene.value);
  }

  /** Begins a stroke of the tool at a place, in cells. */
  begin(place: Place): void {
    if (this.tool.value === "move") return;
    this.remember();
    this.from = place;
    this.touch(place);
  }

  /** Goes on with the stroke. */
  go(place: Place): void {
    if (!this.from || this.tool.value === "plant") return;
    for (const next of placesBetween(this.from, place, STROKE_STEP)) this.touch(next);
    this.from = place;
  }

  end(): void {
    this.from = undefined;
  }

  private touch(place: Place): void {
    const { world } = this;
    if (!world) return;
    this.message.value = use(world, this.tool.value, place, this.brush.value);
    this.changed();
  }

  /** Uses a tool in the middle of what lives. */
  infectAtRandom(): void {
    const { world } = this;
    if (!world || !canUse("infect", world) || world.scene.isApart) return;
    this.remember();
    world.infectAtRandom(strainOf("infect"));
    this.changed();
  }

  /** One CA step, after which the world stands still. */
  async step(): Promise<void> {
    this.isRunning.value = false;
    if (this.busy) return;
    await this.advance(1);
    this.changed();
  }

  /** Draws the world anew, and its figures. */
  changed(): void {
    this.dirty = true;
    this.tell();
  }

  private async advance(steps: number): Promise<void> {
    const { world } = this;
    if (!world) return;
    this.busy = true;
    const start = performance.now();
    try {
      await world.advance(steps);
      const ms = (performance.now() - start) / steps;
      this.stepMs = 0.8 * this.stepMs + 0.2 * ms;
      this.counted.steps += steps;
    } catch (error) {
      if (error instanceof EngineError && world.engine !== engineFor(world.spec)) {
        forgetWorker();
        world.engine = engineFor(world.spec);
      } else {
        this.isRunning.value = false;
        this.message.value = error instanceof Error ? error.message : `${error}`;
      }
    } finally {
      this.busy = false;
    }
    this.dirty = true;
  }

  private frame(now: number): void {
    const passed = Math.min(100, now - this.last);
    this.last = now;
    const { world } = this;
    if (!world) return;
    if (this.isRunning.value && !this.busy) {
      const wanted = SPEEDS[this.speed.value];
      const isFull = wanted === Number.POSITIVE_INFINITY;
      const isYoung = world.age < YOUNG && !isFull && wanted >= SPEEDS[USUAL_SPEED];
      const most = Math.max(1, Math.floor((isFull ? FULL_BUDGET_MS : FRAME_BUDGET_MS) / this.stepMs));
      this.due += (passed / 1000) * (isFull ? 1e6 : isYoung ? YOUNG_SPEED : wanted);
      this.due = Math.min(this.due, most, MOST_STEPS);
      const steps = Math.floor(this.due);
      this.due -= steps;
      if (steps > 0) void this.advance(steps);
    }
    if (this.dirty) this.draw(now);
    this.counted.frames++;
    if (now - this.counted.since > FIGURES_MS) this.count(now);
  }

  private draw(now: number): void {
    const { canvas, world } = this;
    if (!canvas || !world) return;
    const image = paint(world, this.shown.value);
    put(canvas, image);
    if (this.isRunning.value) this.film.take(image, now);
    this.dirty = false;
  }

  private count(now: number): void {
    const seconds = (now - this.counted.since) / 1000;
    const [framesASecond, stepsASecond] = [this.counted.frames / seconds, this.counted.steps / seconds];
    this.counted = { since: now, frames: 0, steps: 0 };
    const { age, engine } = this.world!;
    this.figures.value = { age, stepsASecond, framesASecond, engine: engine.name };
    this.tell();
  }

  private tell(): void {
    const { world } = this;
    if (!world) return;
    const shares = world.scene.strains.map((_, strain) => world.share(strain));
    batch(() => {
      if (`${shares}` !== `${this.shares.value}`) this.shares.value = shares;
      this.isEmpty.value = shares.every((share) => share === 0);
    });
  }
}
