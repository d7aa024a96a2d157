// Keep and share: a link, a picture, a film, a file, and the way back from each.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { encodeRule } from "../../io/checkpoint.js";
import { logLossText } from "../../train/loss.js";
import type { Rgb } from "../../view/frame.js";
import { Button, Note } from "../app/parts.js";
import type { Session } from "../app/session.js";
import type { Catalogue, OwnRule } from "../offers.js";
import type { Scene } from "../scene.js";
import { Training } from "../training/client.js";
import { sentenceOf } from "../words.js";
import { gifOf } from "./film.js";
import { encodeLink, in8Bits } from "./link.js";
import { targetOf } from "./offer.js";
import { offerKept, openRule } from "./own.js";
import { encodeOwn } from "./own-file.js";
import { dropRule, keepRule } from "./shelf.js";

const PICTURE_SCALE = 8;
const FILM_SCALE = 5;
const FRAME_MS = 60;
/** Characters from which on a link is worth a word. */
const LONG = 500;

interface Props {
  readonly session: Session;
  readonly catalogue: Catalogue;
  readonly onClose: () => void;
}

interface Grades {
  readonly of: OwnRule;
  readonly before: number;
  readonly after: number;
}

const said = signal("");
const grades = signal<Grades | undefined>(undefined);

/** Does what a button is for; says what went wrong. */
async function attempt(what: () => Promise<void> | void): Promise<void> {
  try {
    await what();
  } catch (error) {
    said.value = sentenceOf(error);
  }
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  said.value = `${name} is saved.`;
}

const blobOf = (bytes: Uint8Array, type = "application/octet-stream") =>
  new Blob([bytes as Uint8Array<ArrayBuffer>], { type });

/** What the page is drawn on, as a colour. */
function paper(): Rgb {
  const [red = 255, green = 255, blue = 255] =
    getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  return [red, green, blue];
}

/** The link to what is on the stage. */
function linkOf({ stage, shown }: Session): string {
  const { label: _, ...what } = shown.value!;
  const { rngSeed = 0, side, turn } = stage.setting.value;
  return `${location.href.split("#")[0]}#${encodeLink({ ...what, rngSeed, side, turn: turn || undefined })}`;
}

async function copyLink(session: Session): Promise<void> {
  const link = linkOf(session);
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
    said.value =
      link.length < LONG
        ? "The link is copied."
        : "The link is copied. It is long: the whole creature is in it.";
  } catch {
    said.value = "The link is in the address bar: copy it from there.";
  }
}

/** How good a rule is, and how good in the link's 8 bits. */
async function grade(own: OwnRule): Promise<void> {
  const training = new Training();
  try {
    const target = targetOf(own);
    const before = await training.grade(own.rule, target);
    grades.value = { of: own, before, after: await training.grade(in8Bits(own.rule), target) };
  } finally {
    await training.stop();
  }
}

async function savePicture(label: string): Promise<void> {
  const canvas = document.querySelector<HTMLCanvasElement>("#stage canvas")!;
  const large = new OffscreenCanvas(canvas.width * PICTURE_SCALE, canvas.height * PICTURE_SCALE);
  const context = large.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  download(await large.convertToBlob(), `${label}.png`);
}

function saveFilm({ stage }: Session, label: string): void {
  const frames = stage.film.shown;
  if (frames.length > 0)
    download(blobOf(gifOf(frames, paper(), FILM_SCALE, FRAME_MS), "image/gif"), `${label}.gif`);
  else said.value = "Nothing was filmed: let it live for a moment, on a grid of at most 160 cells a side.";
}

async function keep({ session, catalogue }: Props, own: OwnRule): Promise<void> {
  const kept = await keepRule(own);
  offerKept(session, catalogue, kept);
  said.value = `It is kept in this browser, as ${kept.name}.`;
}

function Quality({ own }: { readonly own: OwnRule }) {
  useEffect(() => void grade(own).catch(() => {}), [own]);
  const found = grades.value?.of === own ? grades.value : undefined;
  if (!found) return <p>Looking how good it is in the link's 8 bits …</p>;
  return (
    <p>
      A link keeps your creature in 8 bits. It then comes as near to its drawing as {logLossText(found.after)}
      ; without that, {logLossText(found.before)} (log loss: lower is nearer).
    </p>
  );
}

/** The rule that most of what lives follows, by the name of its file: an infection says whom it takes over. */
function ruleOf({ strains, isApart }: Scene, shares: readonly number[]) {
  const most = strains.reduce((best, _, i) => ((shares[i] ?? 0) > (shares[best] ?? 0) ? i : best), 0);
  const { rule, name } = strains[most];
  const isOther = most > 0 && !isApart;
  return { rule, name: (isOther ? `${strains[0].name} to ${name}` : name).replaceAll(" ", "-") };
}

function Actions(props: Props) {
  const { session } = props;
  const { shown, offer, stage, mode } = session;
  const what = shown.value;
  const isOnStage = what !== undefined && document.querySelector("#stage") !== null;
  const scene = stage.scene.value;
  const saved = scene && ruleOf(scene, stage.shares.value);
  const own = isOnStage ? what.own : undefined;
  const origin = mode.value === "live" ? offer.value?.origin : undefined;
  return (
    <div class="actions">
      <Button
        id="copy-link"
        icon="link"
        label="Copy a link"
        isDisabled={!isOnStage}
        onClick={() => void attempt(() => copyLink(session))}
      />
      <Button
        id="save-picture"
        icon="camera"
        label="Save a picture"
        isDisabled={!isOnStage}
        onClick={() => void attempt(() => savePicture(what!.label))}
      />
      <Button
        id="save-film"
        icon="film"
        label="Save a film"
        isDisabled={!isOnStage}
        onClick={() => void attempt(() => saveFilm(session, what!.label))}
      />
      <Button
        id="save-rule"
        icon="save"
        label="Save the rule"
        isDisabled={!isOnStage || !saved}
        onClick={() =>
          saved &&
          download(
            blobOf(own ? encodeOwn(own) : encodeRule(saved.rule)),
            `${own?.name ?? saved.name}.safetensors`,
          )
        }
      />
      {own && origin !== "kept" && (
        <Button
          id="keep-here"
          icon="plant"
          label="Keep it here"
          onClick={() => void attempt(() => keep(props, own))}
        />
      )}
      {origin === "kept" && <Forget {...props} />}
    </div>
  );
}

/** Asks once more before it forgets a creature for good. */
function Forget({ session }: Props) {
  const [isAsked, ask] = useState(false);
  const forget = () => {
    const offer = session.offer.value!;
    void dropRule(offer.label);
    session.remove(offer);
    void session.choose(session.offers.value[0]);
    document.querySelector<HTMLDialogElement>("dialog")?.close();
  };
  return (
    <Button
      id="drop-rule"
      icon="clear"
      label={isAsked ? "Forget it for good" : "Forget this one"}
      onClick={() => (isAsked ? forget() : ask(true))}
    />
  );
}

export function SharePanel(props: Props) {
  const { session, catalogue, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const file = useRef<HTMLInputElement>(null);
  useEffect(() => {
    said.value = "";
    dialog.current?.showModal();
  }, []);
  const own = session.shown.value?.own;
  const open = async (chosen: File) => {
    await openRule(session, catalogue, chosen);
    if (!session.problem.value) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="panel" aria-labelledby="share-title" onClose={onClose}>
      <header>
        <h2 id="share-title">Keep and share</h2>
        <Button icon="close" label="Close" isWordless onClick={() => dialog.current?.close()} />
      </header>
      <Actions {...props} />
      <Button
        id="open-rule"
        icon="open"
        label="Open a rule from a file"
        onClick={() => file.current?.click()}
      />
      <input
        ref={file}
        id="rule-file"
        type="file"
        hidden
        aria-label="A rule from this machine"
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (chosen) void attempt(() => open(chosen));
        }}
      />
      {own && !own.isInfection && <Quality own={own} />}
      <Note>{said.value}</Note>
    </dialog>
  );
}
