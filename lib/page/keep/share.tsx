// Keep and share: a link, a picture, a film, a file, and the way back from each.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { encodeRule } from "../../io/checkpoint.js";
import { logLossText } from "../../train/loss.js";
import type { Rgb } from "../../view/frame.js";
import { Button, Note } from "../app/parts.js";
import type { Session } from "../app/session.js";
import { FRAME_MS } from "../stage/film.js";
import { Training } from "../training/client.js";
import { gifOf } from "./film.js";
import { encodeLink, in8Bits, type SharedRule } from "./link.js";
import { OWN, openRule, targetOfDrawing } from "./own.js";
import { dropRule } from "./shelf.js";

const PICTURE_SCALE = 8;
const FILM_SCALE = 4;

interface Props {
  readonly session: Session;
  readonly onClose: () => void;
}

const said = signal("");
const grades = signal<{ readonly before: number; readonly after: number } | undefined>(undefined);

function download(bytes: Uint8Array | Blob, name: string, type = "application/octet-stream"): void {
  const blob = bytes instanceof Blob ? bytes : new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  said.value = `${name} is saved.`;
}

/** What the page is drawn on, as a colour. */
function paper(): Rgb {
  const found = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [255, 255, 255];
  return [found[0], found[1], found[2]];
}

function ownOf(session: Session): SharedRule | undefined {
  return session.variant.value?.own;
}

/** The link to what is on the stage. */
export function linkOf(session: Session): string {
  const { stage, offer, variant } = session;
  const own = ownOf(session);
  const fragment = encodeLink({
    ...(own ? { own } : { offer: offer.value?.id, variant: variant.value?.id }),
    rngSeed: stage.rngSeed.value,
    side: stage.side.value,
    turn: stage.turn.value || undefined,
  });
  return `${location.href.split("#")[0]}#${fragment}`;
}

async function copyLink(session: Session): Promise<void> {
  const link = linkOf(session);
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
    said.value = `The link is copied: ${link.length.toLocaleString("en")} characters.`;
  } catch {
    said.value = "The link is in the address bar: copy it from there.";
  }
}

/** How good a rule is, and how good in the link's 8 bits. */
async function grade(own: SharedRule): Promise<void> {
  grades.value = undefined;
  if (own.isInfection) return;
  const training = new Training();
  const target = targetOfDrawing(own);
  const before = await training.grade(own.rule, target);
  grades.value = { before, after: await training.grade(in8Bits(own.rule), target) };
  await training.stop();
}

async function savePicture({ stage, offer }: Session): Promise<void> {
  const { width, height } = stage.world!.cells;
  const canvas = new OffscreenCanvas(width * PICTURE_SCALE, height * PICTURE_SCALE);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.drawImage(
    document.querySelector<HTMLCanvasElement>("#stage canvas")!,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  download(await canvas.convertToBlob(), `${offer.value?.label ?? "creature"}.png`);
}

function saveFilm({ stage, offer }: Session): void {
  const frames = stage.film.shown;
  if (frames.length === 0) {
    said.value = "Nothing was filmed: let it live for a moment, on a grid of at most 160 cells a side.";
    return;
  }
  download(
    gifOf(frames, paper(), FILM_SCALE, FRAME_MS),
    `${offer.value?.label ?? "creature"}.gif`,
    "image/gif",
  );
}

export function SharePanel({ session, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const own = ownOf(session);
  useEffect(() => {
    said.value = "";
    dialog.current?.showModal();
    if (own) void grade(own);
  }, [own]);
  const scene = session.stage.scene.value;
  const last = scene?.strains[scene.strains.length > 1 ? 1 : 0];
  const worse = grades.value;
  return (
    <dialog ref={dialog} class="panel" aria-labelledby="share-title" onClose={onClose}>
      <header>
        <h2 id="share-title">Keep and share</h2>
        <Button icon="close" label="Close" isWordless onClick={() => dialog.current?.close()} />
      </header>
      <div class="actions">
        <Button id="copy-link" icon="link" label="Copy a link" onClick={() => void copyLink(session)} />
        <Button
          id="save-picture"
          icon="camera"
          label="Save a picture"
          onClick={() => void savePicture(session)}
        />
        <Button id="save-film" icon="film" label="Save a film" onClick={() => saveFilm(session)} />
        <Button
          id="save-rule"
          icon="save"
          label="Save the rule"
          isDisabled={!last}
          onClick={() => last && download(encodeRule(last.rule), `${last.name}.safetensors`)}
        />
        <Button id="open-rule" icon="open" label="Open a rule" onClick={() => file.current?.click()} />
        {own && session.offer.value?.id.startsWith(OWN) && (
          <Button
            id="drop-rule"
            icon="clear"
            label="Forget this one"
            onClick={() => {
              const { id, label } = session.offer.value!;
              void dropRule(label);
              session.offers.value = session.offers.value.filter((offer) => offer.id !== id);
              void session.choose(session.offers.value[0]);
              dialog.current?.close();
            }}
          />
        )}
      </div>
      <input
        ref={file}
        id="rule-file"
        type="file"
        hidden
        aria-label="A rule from this machine"
        onChange={async (event) => {
          const [chosen] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (!chosen) return;
          try {
            await openRule(session, chosen);
            dialog.current?.close();
          } catch (error) {
            said.value = error instanceof Error ? error.message : `${error}`;
          }
        }}
      />
      {own && !own.isInfection && (
        <p>
          {worse
            ? `In a link your creature is kept in 8 bits. It then comes as near to its drawing as ${logLossText(worse.after)}; without that, ${logLossText(worse.before)} (log loss: lower is nearer).`
            : "Looking how good it is in the link's 8 bits …"}
        </p>
      )}
      <Note>{said.value}</Note>
    </dialog>
  );
}
