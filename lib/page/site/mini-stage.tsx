// A small stage in the story: it lives while it is seen, and something happens to it by itself.

import { useEffect, useRef } from "preact/hooks";
import type { Scene } from "../scene.js";
import { stageEngine } from "../stage/engine.js";
import { paint, put } from "../stage/paint.js";
import { World } from "../world.js";

interface MiniStageProps {
  readonly label: string;
  load(): Promise<Scene>;
  /** What happens at an age, in CA steps. */
  happen?(world: World): void;
  /** The age at which it starts again. */
  readonly until: number;
}

/** Where nothing may move by itself, the pattern is shown at this age. */
const STILL = 120;
/** How long it waits after something went wrong. */
const RETRY_MS = 3000;

export function MiniStage({ label, load, happen, until }: MiniStageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let world: World | undefined;
    let [isBusy, request] = [false, 0];
    const draw = () => world && put(element, paint(world, "colour"));
    const begin = async () => {
      const scene = await load();
      world = new World(scene, { engine: await stageEngine() });
      if (isStill) await world.advance(STILL);
      draw();
    };
    const live = async (one: World) => {
      if (one.age >= until) one.reset();
      happen?.(one);
      await one.advance(1);
      draw();
    };
    const frame = () => {
      request = requestAnimationFrame(frame);
      if (isBusy || (world && isStill)) return;
      isBusy = true;
      const done = () => {
        isBusy = false;
      };
      const failed = () => {
        world = undefined; // with another engine, if this one was lost
        setTimeout(done, RETRY_MS);
      };
      (world ? live(world) : begin()).then(done, failed);
    };
    const observer = new IntersectionObserver((entries) => {
      cancelAnimationFrame(request);
      if (entries.at(-1)?.isIntersecting) request = requestAnimationFrame(frame);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(request);
    };
  }, [load, happen, until]);
  return <canvas ref={canvas} class="mini" width="72" height="72" role="img" aria-label={label} />;
}
