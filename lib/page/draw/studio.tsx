// Draw your own: the board, then the pattern that learns to be what was drawn, then what can be made of it.

import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { StageCanvas } from "../app/canvas.js";
import { Button, Note } from "../app/parts.js";
import type { Session } from "../app/session.js";
import { Shares } from "../app/shares.js";
import { Playback, Toolbar } from "../app/toolbar.js";
import { BoardView } from "./board-view.js";
import { GROWS_AT } from "./exhibit.js";
import { Progress, timeText } from "./progress.js";
import { DrawingTools, Palette, Sources } from "./tools.js";
import type { Workshop } from "./workshop.js";

interface Props {
  readonly session: Session;
  readonly workshop: Workshop;
}

function Drawing(props: Props) {
  const { session, workshop } = props;
  const { board, training } = workshop;
  void workshop.drawn.value; // the board is no signal
  const seconds = workshop.seconds.value;
  const time = seconds && !board.isEmpty ? ` (about ${timeText(seconds)})` : "";
  return (
    <Fragment>
      <BoardView workshop={workshop} />
      <div class="side pens">
        <DrawingTools workshop={workshop} />
        <Palette />
      </div>
      <div class="below">
        <Sources workshop={workshop} />
        <div class="row">
          {workshop.isInterrupted.value && (
            <Button
              id="go-on"
              icon="play"
              label="Go on learning"
              className="primary"
              onClick={() => workshop.goOn()}
            />
          )}
          <Button
            id="grow"
            icon="plant"
            label={`Grow it${time}`}
            className={workshop.isInterrupted.value ? "" : "primary"}
            isDisabled={board.isEmpty}
            onClick={() => void workshop.grow()}
          />
          <Button
            id="infect-board"
            icon="infect"
            label="Let it take over the bird"
            isDisabled={board.isEmpty}
            onClick={() => void workshop.infect()}
          />
          {training.lesson.value && (
            <Button
              id="back"
              icon="restart"
              label="Back to what it learned"
              onClick={() => void workshop.showLearning()}
            />
          )}
        </div>
        <Note>
          {session.problem.value ||
            (workshop.isFromOwn ? "It starts from what your last drawing learned." : "")}
        </Note>
      </div>
    </Fragment>
  );
}

function words({ workshop }: Props): string {
  const { training, kind } = workshop;
  const step = training.step.value;
  const phase = training.phase.value;
  if (phase === "failed") return training.problem.value;
  if (phase === "done")
    return kind.value === "infect"
      ? "It has learned. Touch the bird."
      : kind.value === "heal"
        ? "It has learned to heal. Wound it."
        : "It has learned to grow. Wound it, plant more of it.";
  if (!step) return "It begins to learn …";
  if (step.secondsLeft === undefined) return "It begins to learn …";
  const where = step.engine === "webgpu" ? ", on the graphics card" : "";
  const far = `${Math.round((100 * step.step) / step.steps)} %, ${timeText(step.secondsLeft)} left${where}`;
  if (phase === "paused") return `Paused at ${far}.`;
  if (kind.value === "infect") return `Learning to take over the bird: ${far}.`;
  if (step.logLoss <= GROWS_AT || workshop.exhibit.canGrow)
    return `It can already grow. Touch it. Learning: ${far}.`;
  return `Learning: ${far}.`;
}

function Keep({ workshop }: Props) {
  return (
    <form
      class="row keep"
      onSubmit={(event) => {
        event.preventDefault();
        void workshop.keep();
      }}
    >
      <label>
        <span class="hidden">Its name</span>
        <input
          id="name"
          value={workshop.name.value}
          maxLength={40}
          onInput={(event) => {
            workshop.name.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" id="keep" class="button" disabled={workshop.keptAs.value !== ""}>
        {workshop.keptAs.value ? "Kept" : "Keep it"}
      </button>
    </form>
  );
}

function Learning(props: Props) {
  const { session, workshop } = props;
  const { training, kind } = workshop;
  const phase = training.phase.value;
  const isDone = phase === "done";
  return (
    <Fragment>
      <StageCanvas session={session} />
      <div class="side">
        <Toolbar session={session} />
        <Playback stage={session.stage} />
      </div>
      <div class="below">
        <Progress workshop={workshop} />
        <div class="row">
          <Note>{session.problem.value || words(props)}</Note>
          {phase === "learning" && (
            <Button
              id="pause-learning"
              icon="pause"
              label="Pause learning"
              onClick={() => training.pause()}
            />
          )}
          {(phase === "paused" || phase === "failed") && (
            <Button id="go-on" icon="play" label="Go on learning" onClick={() => training.go()} />
          )}
          <Button
            id="draw-again"
            icon="pen"
            label="Edit the drawing"
            onClick={() => {
              workshop.isDrawing.value = true;
            }}
          />
          {isDone && kind.value === "grow" && (
            <Button id="heal" icon="cure" label="Also make it heal" onClick={() => void workshop.heal()} />
          )}
          {isDone && kind.value !== "infect" && (
            <Button
              id="infect-bird"
              icon="infect"
              label="Let it take over the bird"
              onClick={() => void workshop.infect()}
            />
          )}
          {isDone && <Keep {...props} />}
        </div>
        <Shares stage={session.stage} />
      </div>
    </Fragment>
  );
}

export function Studio(props: Props) {
  const { workshop } = props;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const [file] = [...(event.clipboardData?.files ?? [])];
      if (file && workshop.isDrawing.value) void workshop.take(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [workshop]);
  return workshop.isDrawing.value ? <Drawing {...props} /> : <Learning {...props} />;
}
