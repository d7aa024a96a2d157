// How far a training is: what it should become with a ring of progress, the batch as it lives, the curve of its loss.

import { useEffect, useRef } from "preact/hooks";
import type { Target } from "../../cells/cells.js";
import { logLossText } from "../../train/loss.js";
import { type Rgba, toRgba } from "../../view/frame.js";
import { put } from "../stage/paint.js";
import type { Workshop } from "./workshop.js";

const RING = 2 * Math.PI * 46;
/** Points of the curve, and the log losses at its lower and upper edge. */
const POINTS = 80;
const [GOOD, BAD] = [-4.5, -0.5];

function Small({ image, label }: { readonly image: Rgba; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => put(canvas.current!, image), [image]);
  return <canvas ref={canvas} class="small" role="img" aria-label={label} />;
}

function Goal({ target, done }: { readonly target: Target; readonly done: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => put(canvas.current!, toRgba(target, { background: "transparent" })), [target]);
  return (
    <div class="goal">
      <canvas ref={canvas} class="small" role="img" aria-label="The drawing" />
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle cx="50" cy="50" r="46" class="ring" />
        <circle cx="50" cy="50" r="46" class="ring done" stroke-dasharray={`${done * RING} ${RING}`} />
      </svg>
    </div>
  );
}

function Curve({ losses }: { readonly losses: readonly number[] }) {
  if (losses.length < 2) return <svg class="curve" viewBox="0 0 100 40" aria-hidden="true" />;
  const every = Math.max(1, Math.ceil(losses.length / POINTS));
  const means: number[] = [];
  for (let i = 0; i < losses.length; i += every) {
    const part = losses.slice(i, i + every);
    means.push(part.reduce((sum, loss) => sum + loss, 0) / part.length);
  }
  const y = (loss: number) => 38 - 36 * ((Math.min(BAD, Math.max(GOOD, loss)) - GOOD) / (BAD - GOOD));
  const points = means.map((loss, i) => `${(100 * i) / Math.max(1, means.length - 1)},${y(loss).toFixed(2)}`);
  const last = logLossText(means[means.length - 1]);
  return (
    <svg
      class="curve"
      viewBox="0 0 100 40"
      preserveAspectRatio="none"
      role="img"
      aria-label={`How far off it is: ${last}`}
    >
      <polyline points={points.join(" ")} />
    </svg>
  );
}

/** Seconds in words. */
export function timeText(seconds: number): string {
  if (seconds < 1.5) return "a moment";
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}

export function Progress({ workshop }: { readonly workshop: Workshop }) {
  const { training } = workshop;
  const step = training.step.value;
  const lesson = training.lesson.value;
  if (!lesson) return null;
  const done = training.phase.value === "done" ? 1 : step ? step.step / step.steps : 0;
  return (
    <div class="progress">
      <Goal target={lesson.target} done={done} />
      <div class="batch">
        {step?.pictures.map((image, i) => (
          <Small key={i} image={image} label={`Sample ${i + 1} of the batch`} />
        ))}
      </div>
      <Curve losses={training.losses.value} />
    </div>
  );
}
