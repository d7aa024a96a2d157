// What lies beside the drawing board: pens, colours, sizes, and ways to take a picture.

import { useRef } from "preact/hooks";
import { Button, Choices } from "../app/parts.js";
import { PENS, type Pen, SIZES } from "./board.js";
import { hexOf, ink, inkOf, isMirrored, PALETTE, pen, width } from "./board-view.js";
import type { Workshop } from "./workshop.js";

const WORDS: Record<Pen, string> = { pen: "Pen", eraser: "Eraser", fill: "Fill" };

interface Props {
  readonly workshop: Workshop;
}

export function DrawingTools({ workshop }: Props) {
  void workshop.drawn.value; // the board is no signal
  const { board } = workshop;
  return (
    <div class="tools" role="toolbar" aria-label="Drawing tools">
      {PENS.map((one) => (
        <Button
          key={one}
          id={`pen-${one}`}
          icon={one}
          label={WORDS[one]}
          isOn={pen.value === one}
          onClick={() => {
            pen.value = one;
          }}
        />
      ))}
      <Button
        id="mirror"
        icon="mirror"
        label="Mirror"
        isOn={isMirrored.value}
        onClick={() => {
          isMirrored.value = !isMirrored.value;
        }}
      />
      <Button
        id="undo"
        icon="undo"
        label="Undo"
        isDisabled={board.undoable === 0}
        onClick={() => workshop.undo()}
      />
      <Button
        id="wipe"
        icon="clear"
        label="Wipe"
        isDisabled={board.isEmpty}
        onClick={() => workshop.edit(() => board.clear())}
      />
    </div>
  );
}

export function Palette() {
  const chosen = hexOf(ink.value);
  const choose = (hex: string) => {
    ink.value = inkOf(hex);
    if (pen.value === "eraser") pen.value = "pen";
  };
  return (
    <div class="palette">
      {PALETTE.map(hexOf).map((hex) => (
        <button
          type="button"
          key={hex}
          aria-label={`Colour ${hex}`}
          aria-pressed={hex === chosen}
          style={{ background: hex }}
          onClick={() => choose(hex)}
        />
      ))}
      <label class="any-colour">
        <input type="color" value={chosen} onInput={(event) => choose(event.currentTarget.value)} />
        <span>another colour</span>
      </label>
      <Choices
        label="Width"
        options={[
          [1, "1"],
          [2, "2"],
          [3, "3"],
          [5, "5"],
        ]}
        value={width.value}
        onChoose={(chosen) => {
          width.value = chosen;
        }}
      />
    </div>
  );
}

export function Sources({ workshop }: Props) {
  void workshop.drawn.value;
  const file = useRef<HTMLInputElement>(null);
  const emoji = useRef<HTMLInputElement>(null);
  return (
    <div class="sources">
      <Choices
        label="Cells a side"
        options={SIZES.map((size) => [size, `${size}`])}
        value={workshop.board.size}
        onChoose={(size) => workshop.resize(size)}
      />
      <div class="row">
        <Button id="use-picture" icon="picture" label="Use a picture" onClick={() => file.current?.click()} />
        <input
          ref={file}
          id="picture-file"
          type="file"
          accept="image/*"
          hidden
          aria-label="A picture from this machine"
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            if (chosen) void workshop.take(chosen);
            event.currentTarget.value = "";
          }}
        />
        <form
          class="emoji"
          onSubmit={(event) => {
            event.preventDefault();
            const text = emoji.current?.value.trim();
            if (text) void workshop.take(text);
          }}
        >
          <input ref={emoji} id="emoji" aria-label="An emoji" placeholder="emoji" size={4} maxLength={16} />
          <button type="submit" class="button">
            Use it
          </button>
        </form>
        {workshop.board.hasBackground && (
          <Button id="cut-out" icon="wound" label="Cut out" onClick={() => workshop.cutOut()} />
        )}
      </div>
    </div>
  );
}
