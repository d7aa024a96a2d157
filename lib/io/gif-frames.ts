// The frames of an animated gif, each as it is seen: drawn over those before it. Source: the specification of GIF89a,
// https://www.w3.org/Graphics/GIF/spec-gif89a.txt

import { FileError } from "../cells/errors.js";

/** A frame's pixels, RGBA, where nothing was drawn all 0: [height, width, 4], until the next frame is asked for. */
export interface GifFrame {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** The longest side of a picture, and pixels of all frames together. */
const MOST_SIDE = 4096;
const MOST_PIXELS = 2 ** 26;
/** Bits of a code at most; codes below `clear` are colours. */
const CODE_BITS = 12;
/** What becomes of a frame when its time is over, beyond staying as it is. */
const TO_BACKGROUND = 2;
const TO_PREVIOUS = 3;
/** What comes next in the file. */
const [IMAGE, EXTENSION, END] = [0x2c, 0x21, 0x3b];
const CONTROL = 0xf9;
/** The rows of an interlaced frame come in four passes: [first, distance]. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** Reads a file from its beginning; throws RangeError beyond its end. */
class Bytes {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    return this.take(1)[0];
  }

  word(): number {
    const [low, high] = this.take(2);
    return low + 256 * high;
  }

  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    if (taken.length < count) throw new RangeError("the file ends early");
    this.at += count;
    return taken;
  }

  get isOver(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Blocks of up to 255 bytes, as one. */
  blocks(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let size = this.byte(); size > 0; size = this.byte()) parts.push(this.take(size));
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** RGB of so many colours, where flags say that there are some. */
  palette(flags: number): Uint8Array | undefined {
    return flags & 0x80 ? this.take(3 * 2 ** ((flags & 7) + 1)) : undefined;
  }
}

/** How a frame is drawn, which comes before it. */
interface Control {
  readonly disposal: number;
  /** The colour that is not drawn; -1 for none. */
  readonly transparent: number;
}

/**
 * The frames, one after the other.
 *
 * @param where what to call the gif in an error, such as its path
 * @throws FileError for what is no gif, is damaged, or holds more than 64 million pixels in all
 */
export function* gifFrames(bytes: Uint8Array, where = "The gif"): Generator<GifFrame, void> {
  const kind = String.fromCharCode(...bytes.subarray(0, 6));
  if (kind !== "GIF87a" && kind !== "GIF89a")
    throw new FileError(`${where} is no gif; expected an animated gif.`);
  const file = new Bytes(bytes.subarray(6));
  try {
    yield* framesOf(file, where);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FileError(`${where} is damaged: ${error.message}.`, { cause: error });
  }
}

function* framesOf(file: Bytes, where: string): Generator<GifFrame, void> {
  const [width, height] = [file.word(), file.word()];
  if (Math.max(width, height) > MOST_SIDE || width * height === 0)
    throw new FileError(`${where} is ${width} x ${height} px; expected 1 to ${MOST_SIDE} px a side.`);
  const flags = file.byte();
  file.take(2);
  const palette = file.palette(flags);
  let seen = new Uint8Array(width * height * 4);
  let control: Control = { disposal: 0, transparent: -1 };
  let pixels = 0;
  while (!file.isOver) {
    const next = file.byte();
    if (next === END) return;
    if (next === EXTENSION) {
      const isControl = file.byte() === CONTROL;
      const block = file.blocks();
      if (isControl && block.length >= 4)
        control = { disposal: (block[0] >> 2) & 7, transparent: block[0] & 1 ? block[3] : -1 };
      continue;
    }
    if (next !== IMAGE) throw new RangeError(`a block begins with ${next}`);
    pixels += Math.max(width * height, 2 ** 12); // small frames cost something as well
    if (pixels > MOST_PIXELS)
      throw new FileError(`${where} is too large; expected 64 million px in all at most.`);
    const before = control.disposal === TO_PREVIOUS ? seen.slice() : seen;
    const box = drawFrame(file, palette, control, seen, width, height);
    yield { height, width, data: seen };
    seen = before;
    if (control.disposal === TO_BACKGROUND)
      for (let y = box.top; y < box.top + box.height; y++)
        seen.fill(0, (y * width + box.left) * 4, (y * width + box.left + box.width) * 4);
    control = { disposal: 0, transparent: -1 };
  }
}

/** Draws the next frame over what is seen; returns its place. */
function drawFrame(
  file: Bytes,
  common: Uint8Array | undefined,
  { transparent }: Control,
  seen: Uint8Array,
  width: number,
  height: number,
) {
  const [left, top, wide, high] = [file.word(), file.word(), file.word(), file.word()];
  if (left + wide > width || top + high > height) throw new RangeError("a frame lies beyond the picture");
  const flags = file.byte();
  const palette = file.palette(flags) ?? common;
  if (!palette) throw new RangeError("a frame has no colours");
  const bits = file.byte();
  if (bits < 2 || bits > 8) throw new RangeError(`colours have ${bits} bits`);
  const colours = decoded(file.blocks(), bits, wide * high);
  const rows =
    flags & 0x40 ? PASSES.flatMap(([first, step]) => rowsFrom(first, step, high)) : rowsFrom(0, 1, high);
  rows.forEach((row, i) => {
    for (let x = 0; x < wide; x++) {
      const colour = colours[i * wide + x];
      if (colour === transparent) continue;
      if (3 * colour >= palette.length) throw new RangeError(`there is no colour ${colour}`);
      const at = ((top + row) * width + left + x) * 4;
      seen.set(palette.subarray(3 * colour, 3 * colour + 3), at);
      seen[at + 3] = 255;
    }
  });
  return { left, top, width: wide, height: high };
}

const rowsFrom = (first: number, step: number, rows: number) =>
  Array.from({ length: Math.max(0, Math.ceil((rows - first) / step)) }, (_, i) => first + i * step);

/** The colours of so many pixels, from LZW's codes of growing length, lowest bits first. */
function decoded(codes: Uint8Array, bits: number, pixels: number): Uint8Array {
  const clear = 2 ** bits;
  const out = new Uint8Array(pixels);
  // every code stands for the text of an earlier one and a colour more; where that text begins, and its length
  const [starts, lengths] = [new Uint32Array(2 ** CODE_BITS), new Uint32Array(2 ** CODE_BITS)];
  let [filled, next, size, previous] = [0, clear + 2, bits + 1, -1];
  let [held, count, at] = [0, 0, 0];
  while (filled < pixels) {
    while (count < size) {
      if (at >= codes.length) throw new RangeError("a frame ends early");
      held |= codes[at++] << count;
      count += 8;
    }
    const code = held & (2 ** size - 1);
    held >>>= size;
    count -= size;
    if (code === clear) {
      [next, size, previous] = [clear + 2, bits + 1, -1];
      continue;
    }
    if (code === clear + 1) throw new RangeError("a frame ends early");
    const isNew = code === next && previous >= 0;
    if (code > clear + 1 && code >= next && !isNew)
      throw new RangeError("a frame has a code that means nothing");
    const from = isNew ? previous : code;
    const start = filled;
    const length = from < clear ? 1 : lengths[from];
    if (start + length + Number(isNew) > pixels) throw new RangeError("a frame is longer than its picture");
    if (from < clear) out[filled++] = from;
    else for (let i = 0; i < length; i++) out[filled++] = out[starts[from] + i];
    if (isNew) out[filled++] = out[start];
    if (previous >= 0 && next < 2 ** CODE_BITS) {
      starts[next] = start - (previous < clear ? 1 : lengths[previous]);
      lengths[next] = (previous < clear ? 1 : lengths[previous]) + 1;
      next++;
      if (next === 2 ** size && size < CODE_BITS) size++;
    }
    previous = code;
  }
  return out;
}
