// What is learned, on the stage: a pattern that lives by the weights of the moment, and is planted anew where it has died,
// or has grown old under rules that have changed since. What the visitor does to it stays.

import { effect, type Signal } from "@preact/signals";
import { SPREAD } from "../../infection/infect.js";
import type { Session } from "../app/session.js";
import type { OwnRule } from "../offers.js";
import { type Scene, type SceneStrain, sceneOf } from "../scene.js";
import { roomFor } from "../stage/stage.js";
import type { Training } from "../training/client.js";
import type { World } from "../world.js";

/** A pattern at this log loss can be shown to people. */
export const GROWS_AT = -2.5;
const LOOK_MS = 400;
/** CA steps after which a pattern that is still bad is planted anew. */
const OLD = 260;

export class Exhibit {
  /** Whether the pattern could grow at some time of this training. */
  canGrow = false;
  private world?: World;
  private host?: SceneStrain;
  private name = "";

  constructor(
    private readonly session: Session,
    private readonly training: Training,
    private readonly isDrawing: Signal<boolean>,
  ) {
    effect(() => {
      void training.rule.value;
      const scene = this.scene();
      if (scene && this.world && this.isShown) session.stage.change(this.world, scene);
    });
    setInterval(() => this.look(), LOOK_MS);
  }

  /** Whether it is on the stage. */
  get isShown(): boolean {
    return this.world !== undefined && this.world === this.session.stage.world;
  }

  private scene(): Scene | undefined {
    const rule = this.training.rule.value;
    const target = this.training.lesson.value?.target;
    if (!rule || !target) return undefined;
    const own = { name: this.name, rule, target };
    return sceneOf(this.name, this.host ? [this.host, own] : [own], SPREAD);
  }

  /** Puts it on the stage, over a host that it takes over if there is one. */
  async show(name: string, own: OwnRule | undefined, host: SceneStrain | undefined): Promise<void> {
    [this.name, this.host, this.canGrow] = [name, host, false];
    const { stage, shown } = this.session;
    const scene = this.scene();
    if (!scene) return;
    stage.tool.value = host ? "infect" : "wound";
    await stage.show(scene, host ? {} : { side: roomFor(scene.strains[0].target.height) });
    this.world = stage.world;
    shown.value = { label: name, own };
  }

  /** What was learned is what is shared from now on, by its name. */
  finish(own: OwnRule | undefined): void {
    if (own) this.name = own.name;
    if (!this.isShown) return;
    this.session.shown.value = { label: this.name, own };
    const scene = this.scene();
    if (scene && this.world) this.session.stage.change(this.world, scene);
  }

  private look(): void {
    const { stage, mode } = this.session;
    const isSeen = mode.value === "draw" && !this.isDrawing.value && this.isShown;
    if (!isSeen || this.training.phase.value !== "learning" || !this.world) return;
    const isBad = !this.host && this.world.logLoss(0) > GROWS_AT;
    if (!isBad) this.canGrow = true;
    const isOld = isBad && this.world.age > OLD && !stage.isPatternTouched;
    if (stage.isEmpty.value || isOld) stage.replant();
  }
}
