// The workshop: a drawing, and what is learned from it. It goes on while the visitor looks elsewhere, and is found again as
// it was left.

import { batch, effect, signal } from "@preact/signals";
import { SPREAD } from "../../infection/infect.js";
import { encodeRule } from "../../io/checkpoint.js";
import type { Pixels } from "../../io/picture/pixels.js";
import type { Rule } from "../../rule/rule.js";
import { type Catalogue, strainAt } from "../app/offers.js";
import type { Session } from "../app/session.js";
import { showKept } from "../keep/own.js";
import { type KeptWork, keepRule, keepWork, keptWork } from "../keep/shelf.js";
import { type Scene, spreadOf } from "../scene.js";
import { Training } from "../training/client.js";
import type { Lesson } from "../training/protocol.js";
import { Board } from "./board.js";
import { GROW_STEPS, growLesson, healLesson, infectLesson, type LessonKind } from "./lessons.js";

/** A pattern at this log loss can be shown to people. */
export const GROWS_AT = -2.5;
const LOOK_MS = 400;
/** CA steps after which a pattern that still learns is planted anew. */
const OLD = 260;

export class Workshop {
  readonly board = new Board();
  readonly training = new Training();
  /** Counts the changes of the board, so that it is drawn again. */
  readonly drawn = signal(0);
  readonly kind = signal<LessonKind>("grow");
  /** Whether the board is shown rather than what is learned. */
  readonly isDrawing = signal(true);
  readonly name = signal("my creature");
  readonly keptAs = signal("");
  readonly hasState = signal(false);
  /** The picture that the drawing was made from, for other sizes of it. */
  source?: Pixels;
  /** Whether the pattern could grow at some time of this training. */
  canGrow = false;
  /** The rule that was last learned to the end, which the next drawing starts from. */
  private learned?: Rule;
  private state?: Uint8Array;
  private asked = 0;

  constructor(
    private readonly session: Session,
    private readonly catalogue: Catalogue,
  ) {
    this.training.keep((state) => {
      this.state = state;
      void this.save();
    });
    globalThis.playground.drawing = () => ({ size: this.board.size, data: [...this.board.data] });
    effect(() => this.follow(this.training.rule.value));
    effect(() => {
      if (this.training.phase.value === "done") this.finish();
    });
    setInterval(() => this.look(), LOOK_MS);
  }

  /** Finds the workshop as it was left. */
  async restore(): Promise<void> {
    const kept = await keptWork();
    if (!kept || this.drawn.value > 0) return;
    this.board.take(kept.size, kept.drawing);
    this.changed();
    const { lesson, state, kind } = kept;
    if (!lesson || !state || !kind) return;
    this.state = state;
    this.hasState.value = true;
    this.kind.value = kind;
    this.keptLesson = kept;
  }

  private keptLesson?: KeptWork;

  /** Goes on with the training that was under way when the page was left. */
  goOn(): void {
    const { lesson, state, losses } = this.keptLesson ?? {};
    if (!lesson || !state) return;
    this.hasState.value = false;
    this.begin(lesson, state, losses);
  }

  private async save(): Promise<void> {
    const { board, training, state, kind } = this;
    await keepWork({
      size: board.size,
      drawing: board.data,
      ...(state && {
        kind: kind.value,
        lesson: training.lesson ?? this.keptLesson?.lesson,
        state,
        losses: training.losses.value,
      }),
    });
  }

  /** Says that the drawing was changed. */
  changed(): void {
    this.drawn.value++;
    this.keptAs.value = "";
    const order = ++this.asked;
    setTimeout(() => {
      if (order !== this.asked || this.board.isEmpty) return;
      void this.save();
      void this.measure();
    }, LOOK_MS);
  }

  private async start(): Promise<Rule> {
    if (this.learned) return this.learned;
    const { host, start } = this.catalogue;
    return (await strainAt({ ...host, rule: start })).rule;
  }

  /** Whether the next drawing starts from what the last one learned. */
  get isFromOwn(): boolean {
    return this.learned !== undefined;
  }

  private async measure(): Promise<void> {
    try {
      this.training.measure(growLesson(this.board, await this.start()));
    } catch {
      // it is said when it is to be grown
    }
  }

  /** Seconds that growing the drawing will take here, if they are known. */
  get seconds(): number | undefined {
    const cost = this.training.cost.value;
    return cost && cost.secondsPerStep * GROW_STEPS;
  }

  async grow(): Promise<void> {
    try {
      const lesson = growLesson(this.board, await this.start());
      this.kind.value = "grow";
      this.begin(lesson);
    } catch (error) {
      this.session.tell(error);
    }
  }

  heal(): void {
    const { lesson, rule } = this.training;
    if (!lesson || !rule.value) return;
    this.kind.value = "heal";
    this.begin(healLesson(lesson, rule.value));
  }

  async infect(): Promise<void> {
    try {
      const { rule, target } = await strainAt(this.catalogue.host);
      this.kind.value = "infect";
      this.begin(infectLesson(this.board, rule, target.height));
    } catch (error) {
      this.session.tell(error);
    }
  }

  /** Shows what is learned, or was. */
  showLearning(): void {
    this.isDrawing.value = false;
    const scene = this.scene();
    if (scene) void this.session.stage.show(scene);
  }

  private begin(lesson: Lesson, state?: Uint8Array, losses?: readonly number[]): void {
    this.keptAs.value = "";
    this.canGrow = false;
    this.state = state;
    this.session.problem.value = "";
    this.session.stage.isTouched = true;
    this.training.learn(lesson, state, losses);
    this.showLearning();
    this.session.stage.tool.value = lesson.hosts ? "infect" : "wound";
  }

  /** What is learned, as something to live on the stage. */
  scene(): Scene | undefined {
    const { lesson, rule } = this.training;
    if (!lesson || !rule.value) return undefined;
    const own = { name: this.name.value, rule: rule.value, target: lesson.target };
    if (!lesson.hosts) return { title: own.name, strains: [own], spread: spreadOf(1, 0) };
    const host = "rules" in lesson.hosts ? lesson.hosts.rules[0] : lesson.hosts;
    const { target } = lesson;
    const strains = [{ name: this.catalogue.host.name, rule: host, target }, own];
    return { title: own.name, strains, spread: spreadOf(2, SPREAD) };
  }

  private follow(rule: Rule | undefined): void {
    const { stage } = this.session;
    if (!rule || this.isDrawing.peek() || this.session.mode.peek() !== "draw") return;
    const scene = this.scene();
    if (scene && stage.world?.scene.title === scene.title) stage.world.follow(scene);
  }

  /** Plants a pattern anew that has died, or has grown old under rules that have changed since. */
  private look(): void {
    const { stage, mode } = this.session;
    const isLearning = this.training.phase.value === "learning";
    if (!isLearning || this.isDrawing.value || mode.value !== "draw" || !stage.world) return;
    const isBad = stage.world.logLoss(stage.world.scene.strains.length - 1) > GROWS_AT;
    if (!isBad) this.canGrow = true;
    if (stage.isEmpty.value || (stage.world.age > OLD && isBad)) stage.replant();
  }

  private finish(): void {
    this.learned = this.kind.peek() === "infect" ? this.learned : this.training.rule.peek();
    this.state = undefined;
    void this.save();
  }

  /** Keeps the rule in this browser, under its name. */
  async keep(): Promise<void> {
    const { training, board, kind, name } = this;
    const { rule, lesson } = training;
    if (!rule.value || !lesson) return;
    const kept = await keepRule({
      name: name.value.trim() || "my creature",
      rule: encodeRule(rule.value),
      picture: board.data.slice(),
      size: board.size,
      side: lesson.target.height,
      isInfection: kind.value === "infect",
      time: Date.now(),
    });
    await showKept(this.session, this.catalogue);
    batch(() => {
      this.keptAs.value = kept;
      this.name.value = kept;
    });
  }
}
