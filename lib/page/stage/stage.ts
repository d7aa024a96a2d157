// The stage: a world that lives, sixty times a second or as fast as it goes, and what is done to it. Draws on one canvas
// and knows nothing of the page around it but the signals that it sets.

import { batch, signal } from "@preact/signals";
import { ALPHA, RGBA, type Target } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { defaultEngine } from "../../engine/engines.js";
import { isDrawn } from "../../rule/seeds.js";
import { specDifference } from "../../rule/spec.js";
import { MAX_STRAINS } from "../../rule/strains.js";
import type { Scene, SceneStrain } from "../scene.js";
import { sentenceOf } from "../words.js";
import { World } from "../world.js";
import { cardEngine, forgetWorker, stageEngine } from "./engine.js";
import { Film } from "./film.js";
import { History } from "./history.js";
import { Pace, USUAL_SPEED } from "./pace.js";
import { paint, put, type Shown } from "./paint.js";
import { type Place, placesBetween } from "./stroke.js";
import { canUse, STROKE_STEP, strainOf, type Tool, use } from "./tools.js";
import { type View, WHOLE, zoomed } from "./view.js";

const FIGURES_MS = 150;
/** CA steps that a new pattern lives at once, when nothing may move by itself. */
const GROWN = 150;
/** Empty space at each side, as a share of it, that need not be seen. */
const MARGIN = 0.15;
/** How much larger a picture is seen that has such space around it. */
const NEARER = 1 / 0.76;
/** A grid of this side is seen whole: it is for several creatures. */
export const LARGE = 100;
/** A large world whose CA steps take so many milliseconds, half of a frame, so often, is a graphics card's. */
const [SLOW_MS, SLOW_STEPS] = [8, 20];
/** The largest of the grids that small creatures get. */
const ROOMY = 72;

/** What a scene is shown with. */
export interface Setting {
  readonly rngSeed?: number;
  /** Sides of the grid; the scene's own if not given. */
  readonly side?: number;
  /** Radians by which what cells perceive is turned. */
  readonly turn?: number;
}

/** Sides of a grid on which a creature of so many cells has room for another. */
export function roomFor(side: number): number {
  return Math.max(side, Math.min(ROOMY, 2 * side));
}

/** The tool that a new scene is for. */
function usualTool(world: World): Tool {
  return canUse("infect", world) ? "infect" : "wound";
}

/** The part of the grid that is seen at first: its picture, with less of the empty space around it. */
function homeOf({ strains, isApart }: Scene, side?: number): View {
  const [{ target }] = strains;
  if (isApart || (side ?? 0) >= LARGE) return WHOLE;
  const larger = Math.max(1, (side ?? 0) / Math.max(target.height, target.width));
  return zoomed(WHOLE, larger * (isRoomy(target) ? NEARER : 1));
}

/** Whether a picture has empty space around it. */
function isRoomy({ height, width, data }: Target): boolean {
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
  readonly setting = signal<Setting>({});
  readonly isFight = signal(false);
  /** The strain whose seeds the tool plants. */
  readonly planted = signal(0);
  readonly figures = signal({ age: 0, stepsASecond: 0, framesASecond: 0, engine: "" });
  readonly cursor = signal<Place | undefined>(undefined);
  /** Whether something was drawn or changed since the page was opened, and since this pattern was planted. */
  isTouched = false;
  isPatternTouched = false;
  world?: World;
  readonly film = new Film();
  private readonly history = new History();
  private readonly pace = new Pace();
  private canvas?: HTMLCanvasElement;
  private isDirty = true;
  private counted = { since: 0, frames: 0, steps: 0 };
  private from?: Place;
  private order = 0;
  /** How often a world's CA steps were slow. */
  private readonly slow = new WeakMap<World, number>();

  /** Draws on this canvas from now on, until what it returns is called; without a canvas the world stands still. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.canvas = canvas;
    this.isDirty = true;
    return () => {
      if (this.canvas === canvas) this.canvas = undefined;
    };
  }

  /** Starts to live, for as long as the page does. */
  start(): void {
    const frame = (now: number) => {
      requestAnimationFrame(frame);
      this.frame(now);
    };
    requestAnimationFrame(frame);
  }

  /** Shows a scene from its seeds. Another call before it has begun takes its place. */
  async show(scene: Scene, setting: Setting = this.setting.value): Promise<void> {
    const order = ++this.order;
    const engine = await stageEngine();
    if (order !== this.order) return;
    const { rngSeed, turn = 0 } = setting;
    const side = scene.isApart ? undefined : setting.side;
    const world = new World(scene, { engine, side, rngSeed });
    world.turn(turn);
    this.world = world;
    this.history.forget();
    this.film.clear();
    this.isPatternTouched = false;
    batch(() => {
      this.scene.value = scene;
      this.setting.value = setting;
      this.isFight.value = false;
      this.undoable.value = 0;
      this.view.value = homeOf(scene, side);
      this.message.value = "";
      this.tool.value = usualTool(world);
      this.planted.value = 0;
    });
    if (!this.isRunning.value) await this.advance(GROWN);
    this.changed();
  }

  /** Lets what lives go on under the rules of another scene; shows it from its seeds where the cells cannot. */
  async follow(scene: Scene): Promise<void> {
    const { world } = this;
    const [{ target }] = scene.strains;
    const fits = world && target.height <= world.cells.height && target.width <= world.cells.width;
    if (!fits || !world.canFollow(scene) || scene.isApart) return this.show(scene);
    const order = ++this.order;
    const engine = await stageEngine();
    if (order !== this.order || world !== this.world) return;
    this.remember();
    this.change(world, scene);
    world.engine = engine;
    batch(() => {
      this.isFight.value = false;
      this.planted.value = 0;
      this.tool.value = usualTool(world);
    });
  }

  /**
   * Lets seeds of another creature be planted beside what lives: it has a strain of its own, the last one's place where
   * there are four. False where its rule does not go together with theirs.
   */
  addToPlant(strain: SceneStrain): boolean {
    const { world } = this;
    const scene = this.scene.value;
    if (!world || !scene || scene.isApart) return false;
    const known = scene.strains.findIndex(({ rule }) => rule === strain.rule);
    const place = known >= 0 ? known : Math.min(scene.strains.length, MAX_STRAINS - 1);
    if (known < 0) {
      if (specDifference(scene.strains[0].rule.spec, strain.rule.spec)) return false;
      const strains = [...scene.strains.slice(0, place), strain];
      const spread = strains.map((_, s) =>
        strains.map((_, t) => (s === place || t === place ? 0 : scene.spread[s][t])),
      );
      this.change(world, { ...scene, strains, spread });
    }
    this.planted.value = place;
    return true;
  }

  /** Gives a world newer rules of the same kind, as one learns. */
  change(world: World, scene: Scene): void {
    world.follow(scene);
    if (world === this.world) this.scene.value = scene;
  }

  /** Starts the pattern again, from its seeds. */
  async restart(setting = this.setting.value): Promise<void> {
    this.isTouched = true;
    if (this.scene.value) await this.show(this.scene.value, setting);
  }

  /** Starts the pattern again without a word: it was not the visitor who wanted it. */
  replant(): void {
    this.world?.reset();
    this.film.clear();
    this.isPatternTouched = false;
    this.changed();
  }

  /** Remembers the state, which is about to be changed by hand. */
  remember(): void {
    [this.isTouched, this.isPatternTouched] = [true, true];
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

  /** Turns what every cell perceives. */
  turn(radians: number): void {
    this.setting.value = { ...this.setting.value, turn: radians };
    this.world?.turn(radians);
  }

  /** Lets infection and cure take each other, or the later one take the earlier one alone. */
  fight(isOn: boolean): void {
    const { world } = this;
    const scene = this.scene.value;
    if (!world || !scene || scene.strains.length < 3) return;
    const chance = isOn ? scene.spread[2][1] : 0;
    const spread = scene.spread.map((row, s) => row.map((old, t) => (s === 1 && t === 2 ? chance : old)));
    this.isFight.value = isOn;
    this.change(world, { ...scene, spread });
    if (!isOn) return;
    this.remember();
    for (const strain of [1, 2]) if (world.share(strain) === 0) world.infectAtRandom(strain);
    this.message.value = "Now each takes over the other where they touch. Watch the bar.";
    this.changed();
  }

  /** Begins a stroke of the tool at a place, in cells. */
  begin(place: Place): void {
    if (this.tool.value === "move") return;
    this.remember();
    this.from = place;
    this.touch([place]);
  }

  /** Goes on with the stroke. */
  go(place: Place): void {
    const { world } = this;
    if (!this.from || !world || (this.tool.value === "plant" && !isDrawn(world.spec))) return;
    this.touch(placesBetween(this.from, place, STROKE_STEP));
    this.from = place;
  }

  end(): void {
    this.from = undefined;
  }

  /** Takes back the stroke that has just begun: it was the first finger of two. */
  cancel(): void {
    if (this.from) this.undo();
    this.from = undefined;
    this.message.value = "";
  }

  private touch(places: readonly Place[]): void {
    const { world } = this;
    if (!world) return;
    for (const place of places)
      this.message.value = use(world, this.tool.value, place, this.brush.value, this.planted.value);
    this.changed();
  }

  /** Infects one random cell. */
  infectAtRandom(): void {
    const { world } = this;
    if (!world || !canUse("infect", world)) return;
    this.remember();
    world.infectAtRandom(strainOf("infect"));
    this.changed();
  }

  /** One CA step, after which the world stands still. */
  async step(): Promise<void> {
    this.isRunning.value = false;
    await this.advance(1);
    this.changed();
  }

  /** Draws the world anew, and its figures. */
  changed(): void {
    this.isDirty = true;
    this.tell();
  }

  private async advance(steps: number): Promise<void> {
    const { world } = this;
    if (!world || world.isBusy) return;
    const start = performance.now();
    try {
      await world.advance(steps);
      const milliseconds = performance.now() - start;
      this.pace.took(steps, milliseconds);
      this.counted.steps += steps;
      if (milliseconds / steps > SLOW_MS) void this.tryCard(world, milliseconds / steps);
    } catch (error) {
      this.recover(world, error);
    }
    this.isDirty = true;
  }

  /** Lets the graphics card go on with a world whose CA steps take so long, if it is faster; asked once a world. */
  private async tryCard(world: World, milliseconds: number): Promise<void> {
    const { width, height } = world.cells;
    const times = (this.slow.get(world) ?? 0) + 1;
    this.slow.set(world, times);
    if (times !== SLOW_STEPS || width * height < LARGE * LARGE) return;
    const card = await cardEngine();
    try {
      if (card && (await world.millisecondsOn(card)) < milliseconds) world.engine = card;
    } catch {} // then it is none that can be used
  }

  /** Goes on without a worker where that was lost; stands still, and says why, after anything else. */
  private recover(world: World, error: unknown): void {
    if (error instanceof EngineError && world.engine.name === "webgpu") {
      void stageEngine().then((engine) => {
        world.engine = engine;
      });
      return;
    }
    const here = defaultEngine();
    if (error instanceof EngineError && world.engine !== here) {
      forgetWorker();
      world.engine = here;
    } else {
      this.isRunning.value = false;
      this.message.value = sentenceOf(error);
    }
  }

  private frame(now: number): void {
    const { world } = this;
    if (!this.isRunning.value || !this.canvas) this.pace.rest(now);
    if (!world || !this.canvas) return;
    if (this.isRunning.value && !world.isBusy) {
      const steps = this.pace.stepsAt(now, this.speed.value, world.age);
      if (steps > 0) void this.advance(steps);
    }
    if (this.isDirty) this.draw();
    this.counted.frames++;
    if (now - this.counted.since > FIGURES_MS) this.count(now);
  }

  private draw(): void {
    const { canvas, world } = this;
    if (!canvas || !world) return;
    const image = paint(world, this.shown.value);
    put(canvas, image);
    this.film.take(image, world.age);
    this.isDirty = false;
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
    const shares = world.shares();
    batch(() => {
      if (`${shares}` !== `${this.shares.value}`) this.shares.value = shares;
      this.isEmpty.value = shares.every((share) => share === 0);
    });
  }
}
