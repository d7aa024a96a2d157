// The workshop: a drawing, and what is learned from it. It goes on while the visitor looks elsewhere, and is found again as
// it was left.

import { effect, signal } from "@preact/signals";
import type { Pixels } from "../../io/picture/pixels.js";
import type { Rule } from "../../rule/rule.js";
import { strainAt } from "../app/load.js";
import type { Session } from "../app/session.js";
import { targetOf } from "../keep/offer.js";
import { offerKept } from "../keep/own.js";
import { keepRule } from "../keep/shelf.js";
import type { Catalogue, Drawing, OwnRule } from "../offers.js";
import { pixelsOf } from "../pixels.js";
import type { SceneStrain } from "../scene.js";
import { Training } from "../training/client.js";
import type { Lesson } from "../training/protocol.js";
import { Board, type Size } from "./board.js";
import { Exhibit } from "./exhibit.js";
import { keepWork, keptWork } from "./kept-work.js";
import { GROW_STEPS, growLesson, healLesson, infectLesson, type LessonKind } from "./lessons.js";
import { drawEmoji, resized, shrunk, withoutBackground } from "./pictures.js";

/** How long the board must rest before it is kept and measured. */
const REST_MS = 400;

export class Workshop {
  readonly board = new Board();
  readonly training = new Training(() => void this.save());
  readonly exhibit: Exhibit;
  /** Counts the changes of the board, so that it is drawn again. */
  readonly drawn = signal(0);
  readonly kind = signal<LessonKind>("grow");
  /** Whether the board is shown rather than what is learned. */
  readonly isDrawing = signal(true);
  readonly name = signal("my creature");
  /** The name under which what was learned is kept, once it is. */
  readonly keptAs = signal("");
  /** Whether a training can go on that was under way when the page was left. */
  readonly isInterrupted = signal(false);
  /** Seconds that growing the drawing takes here, when that was measured. */
  readonly seconds = signal<number | undefined>(undefined);
  /** The picture or the drawing that the board was made from, for other sizes of it. */
  private source?: Pixels | Drawing;
  /** The rule that was last learned to grow, which the next drawing starts from. */
  private readonly learned = signal<Rule | undefined>(undefined);
  private asked = 0;
  private isKeeping = false;

  constructor(
    private readonly session: Session,
    private readonly catalogue: Catalogue,
  ) {
    this.exhibit = new Exhibit(session, this.training, this.isDrawing);
    globalThis.playground.drawing = () => ({ size: this.board.size, data: [...this.board.data] });
    effect(() => {
      if (this.training.phase.value === "done") this.finish();
    });
    effect(() => {
      const { phase, step } = this.training;
      const isOn = phase.value === "learning" && step.value !== undefined;
      session.learning.value = isOn ? Math.floor((100 * step.value!.step) / step.value!.steps) : undefined;
    });
    session.teach = (own) => this.teach(own);
    effect(() => {
      if (session.mode.value === "draw" && !this.isDrawing.peek() && !this.exhibit.isShown)
        void this.showLearning();
    });
  }

  /** Finds the workshop as it was left. */
  async restore(): Promise<void> {
    const kept = await keptWork();
    if (!kept || this.drawn.value > 0) return;
    this.board.take(kept.drawing.size as Size, kept.drawing.data);
    this.drawn.value++;
    if (!kept.lesson) return;
    const { kind, lesson, losses, state, parameters } = kept.lesson;
    this.kind.value = kind;
    if (parameters) this.training.recall(lesson, { ...lesson.start, parameters }, losses);
    else if (state) {
      this.goOn = () => this.begin(kind, lesson, state, losses);
      this.isInterrupted.value = true;
    }
  }

  /** Goes on with the training that was under way when the page was left. */
  goOn: () => void = () => {};

  private async save(): Promise<void> {
    const { training, kind, board } = this;
    const lesson = training.lesson.value;
    if (this.isInterrupted.value) return; // what was kept is still to go on
    const isDone = training.phase.value === "done";
    await keepWork({
      drawing: board.drawing,
      ...(lesson && {
        lesson: {
          kind: kind.value,
          lesson,
          losses: training.losses.value,
          ...(isDone ? { parameters: training.rule.value?.parameters } : { state: training.state }),
        },
      }),
    });
  }

  /** Changes the drawing; it can be undone. */
  edit(change: () => void): void {
    this.source = undefined;
    this.board.remember();
    change();
    this.changed();
  }

  undo(): void {
    this.source = undefined;
    this.board.undo();
    this.changed();
  }

  cutOut(): void {
    const { size, data } = this.board;
    this.edit(() => this.board.take(size, withoutBackground(data, size)));
  }

  /** Says that the drawing was changed. */
  changed(): void {
    this.drawn.value++;
    const asked = ++this.asked;
    setTimeout(() => {
      if (asked !== this.asked || this.board.isEmpty) return;
      void this.save();
      void this.measure(asked);
    }, REST_MS);
  }

  /** Puts a picture or an emoji on the board; it can be undone. The last that was asked for counts. */
  async take(from: Blob | string): Promise<void> {
    const asked = ++this.asked;
    const { size } = this.board;
    try {
      this.session.problem.value = "";
      const pixels = typeof from === "string" ? drawEmoji(from) : await pixelsOf(from);
      const data = shrunk(pixels, size);
      if (asked !== this.asked) return;
      this.edit(() => this.board.take(size, data));
      this.source = pixels;
    } catch (error) {
      if (asked === this.asked) this.session.tell(error);
    }
  }

  /** Another size: a picture is shrunk anew, a drawing is drawn at the new size; and back again without a loss. */
  resize(size: Size): void {
    const { board } = this;
    const source = this.source ?? board.drawing;
    try {
      const data = "size" in source ? resized(source, size) : shrunk(source, size);
      this.edit(() => board.take(size, data));
      this.source = source;
    } catch (error) {
      this.session.tell(error);
    }
  }

  /** The page's rule that heals, which lessons start from. */
  private async healer(): Promise<Rule> {
    const { host, start } = this.catalogue;
    return (await strainAt({ ...host, rule: start })).rule;
  }

  private async start(): Promise<Rule> {
    return this.learned.value ?? this.healer();
  }

  /** Whether the next drawing starts from what the last one learned. */
  get isFromOwn(): boolean {
    return this.learned.value !== undefined;
  }

  private async measure(asked: number): Promise<void> {
    const { phase } = this.training;
    if (phase.value === "learning") return; // it would measure itself
    const seconds = await this.start()
      .then((start) => this.training.measure(growLesson(this.board.drawing, start)))
      .catch(() => 0); // it is said when it is to be grown
    if (asked === this.asked) this.seconds.value = seconds > 0 ? seconds * GROW_STEPS : undefined;
  }

  async grow(): Promise<void> {
    try {
      this.begin("grow", growLesson(this.board.drawing, await this.start()));
    } catch (error) {
      this.session.tell(error);
    }
  }

  async heal(): Promise<void> {
    const { lesson } = this.training;
    try {
      if (lesson.value) this.begin("heal", healLesson(lesson.value, await this.healer()));
    } catch (error) {
      this.session.tell(error);
    }
  }

  /** Learns to turn the host into the drawing: the one on the board, or the one that was learned. */
  async infect(): Promise<void> {
    const { lesson } = this.training;
    try {
      const host = await strainAt(this.catalogue.host);
      const { drawing } = (!this.isDrawing.value && lesson.value) || this.board;
      this.begin("infect", infectLesson(drawing, host.rule, host.target.height));
    } catch (error) {
      this.session.tell(error);
    }
  }

  private begin(kind: LessonKind, lesson: Lesson, state?: Uint8Array, losses?: readonly number[]): void {
    this.kind.value = kind;
    this.keptAs.value = "";
    this.isInterrupted.value = false;
    this.session.problem.value = "";
    this.session.stage.isTouched = true;
    this.training.learn(lesson, state, losses);
    void this.showLearning();
  }

  /** Shows what is learned, or was. */
  async showLearning(): Promise<void> {
    this.isDrawing.value = false;
    const isInfection = this.kind.value === "infect";
    const host: SceneStrain | undefined = isInfection ? await strainAt(this.catalogue.host) : undefined;
    await this.exhibit.show(this.name.value, this.own(), host);
  }

  /** Takes up again what was learned before, to draw or teach it more. */
  private teach(own: OwnRule): void {
    const { drawing, rule, isInfection, name } = own;
    this.board.take(drawing.size as Size, drawing.data.slice());
    this.drawn.value++;
    this.kind.value = isInfection ? "infect" : "grow";
    this.name.value = name;
    this.keptAs.value = name;
    this.isInterrupted.value = false;
    const lesson: Lesson = { start: rule, drawing, target: targetOf(own), options: {} };
    this.training.recall(lesson, rule, []);
    this.isDrawing.value = false;
    this.session.draw();
  }

  /** What was learned, as it is kept and shared. */
  private own(): OwnRule | undefined {
    const { lesson, rule } = this.training;
    if (!lesson.value || !rule.value) return undefined;
    const { drawing, target } = lesson.value;
    const name = this.name.value.trim() || "my creature";
    return {
      name,
      rule: rule.value,
      drawing,
      side: target.height,
      isInfection: this.kind.value === "infect",
    };
  }

  private finish(): void {
    if (this.kind.peek() !== "infect") this.learned.value = this.training.rule.peek();
    this.exhibit.finish(this.own());
    void this.save();
  }

  /** Keeps the rule in this browser, under its name. */
  async keep(): Promise<void> {
    const own = this.own();
    if (!own || this.isKeeping) return;
    this.isKeeping = true;
    try {
      const kept = await keepRule(own);
      offerKept(this.session, this.catalogue, kept);
      this.keptAs.value = this.name.value = kept.name;
      this.exhibit.finish(kept);
    } catch (error) {
      this.session.tell(error);
    } finally {
      this.isKeeping = false;
    }
  }
}
