// Small parts that the page is made of.

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons.js";

interface ButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly isOn?: boolean;
  readonly isDisabled?: boolean;
  /** Whether the word is seen; readers of the screen always hear it. */
  readonly isWordless?: boolean;
  readonly id?: string;
  readonly keys?: string;
  readonly className?: string;
  /** What it does, for those who rest on it. */
  readonly hint?: string;
}

/** A button of an icon and a word. */
export function Button(props: ButtonProps) {
  const { icon, label, onClick, isOn, isDisabled, isWordless, id, keys, className = "", hint } = props;
  return (
    <button
      type="button"
      id={id}
      class={`button ${className}`}
      aria-pressed={isOn}
      aria-label={isWordless ? label : undefined}
      aria-keyshortcuts={keys}
      title={hint ?? (isWordless ? label : undefined)}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {!isWordless && <span>{label}</span>}
    </button>
  );
}

interface RangeProps {
  readonly label: string;
  readonly id: string;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  readonly value: number;
  readonly text: string;
  readonly onInput: (value: number) => void;
}

/** A slider with its value in words. */
export function Range({ label, id, least, most, step = 1, value, text, onInput }: RangeProps) {
  return (
    <label class="range" for={id}>
      <span>{label}</span>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
      <output for={id}>{text}</output>
    </label>
  );
}

/** One choice of several, in a row. */
export function Choices<T extends string | number>(props: {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}) {
  const { label, options, value, onChoose } = props;
  return (
    <fieldset class="choices">
      <legend>{label}</legend>
      {options.map(([option, word]) => (
        <button type="button" key={option} aria-pressed={option === value} onClick={() => onChoose(option)}>
          {word}
        </button>
      ))}
    </fieldset>
  );
}

/** A line of text that readers of the screen hear when it changes. */
export function Note({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="note" role="status">
      {children}
    </p>
  );
}
