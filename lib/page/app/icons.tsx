// The icons of the page, all of one set.

import {
  Bandage,
  Biohazard,
  Camera,
  Dices,
  Download,
  Ellipsis,
  Eraser,
  Film,
  FlipVertical2,
  FolderOpen,
  Hand,
  Image,
  Link,
  Moon,
  PaintBucket,
  Pause,
  Pencil,
  Play,
  Plus,
  RotateCcw,
  Scissors,
  Share2,
  Sprout,
  StepForward,
  Sun,
  Swords,
  Trash2,
  Undo2,
  X,
  ZoomOut,
} from "lucide";
import { h } from "preact";

const ICONS = {
  infect: Biohazard,
  wound: Scissors,
  cure: Bandage,
  plant: Sprout,
  move: Hand,
  play: Play,
  pause: Pause,
  step: StepForward,
  restart: RotateCcw,
  undo: Undo2,
  clear: Trash2,
  share: Share2,
  link: Link,
  dark: Moon,
  light: Sun,
  more: Ellipsis,
  close: X,
  draw: Plus,
  pen: Pencil,
  eraser: Eraser,
  fill: PaintBucket,
  mirror: FlipVertical2,
  picture: Image,
  camera: Camera,
  film: Film,
  save: Download,
  open: FolderOpen,
  fight: Swords,
  random: Dices,
  zoomOut: ZoomOut,
} as const;

export type IconName = keyof typeof ICONS;

/** An icon as large as the text beside it asks for; readers of the screen are told by the word, not by the icon. */
export function Icon({ name }: { readonly name: IconName }) {
  const shapes = ICONS[name].map(([tag, attributes]) => h(tag, attributes));
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {shapes}
    </svg>
  );
}
