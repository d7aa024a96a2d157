// A small stage in the story: it lives while it is seen, and something happens to it by itself.

import { useEffect, useRef } from "preact/hooks";
import type { Scene } from "../scene.js";
import { stageEngine } from "../stage/engine.js";
import { paint, put } from "../stage/paint.js";
import { World } from "../world.js";

export interface MiniStageProps {
  readonly label: string;
  load(): Promise<Scene>;
  /** What happens at an age, in CA steps. */
  happen?(world: World): void;
  /** The age at which it starts again. */
  readonly until: number;
}

/** Where nothing may move by itself, the pattern is shown at this age. */
const STILL = 120;

export function MiniStage({ label, load, happen, until }: MiniStageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let [isSeen, isBusy, request] = [false, false, 0];
    let world: World | undefined;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = async () => {
      const scene = await load();
      world = new World(scene, { engine: await stageEngine(scene.strains[0].rule.spec) });
      if (isStill) await world.advance(STILL);
      if (canvas.current) put(canvas.current, paint(world, "colour"));
    };
    const live = async (one: World) => {
      isBusy = true;
      if (one.age >= until) one.reset();
      happen?.(one);
      await one.advance(1);
      isBusy = false;
      if (canvas.current) put(canvas.current, paint(one, "colour"));
    };
    const frame = () => {
      if (world && !isBusy && !isStill) void live(world).catch(() => {});
      if (isSeen) request = requestAnimationFrame(frame);
    };
    let isStarted = false;
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      isSeen = isIntersecting;
      cancelAnimationFrame(request);
      if (!isSeen) return;
      if (!isStarted) void begin().catch(() => {});
      isStarted = true;
      request = requestAnimationFrame(frame);
    });
    observer.observe(canvas.current!);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(request);
    };
  }, [load, happen, until]);
  return <canvas ref={canvas} class="mini" width="72" height="72" role="img" aria-label={label} />;
}
