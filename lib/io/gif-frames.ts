// The frames of an animated gif, each as it is seen: drawn over those before it.

import { GifReader } from "omggif";
import { FileError } from "../cells/errors.js";

/** A frame's pixels, RGBA, where nothing was drawn all 0: [height, width, 4], until the next frame is asked for. */
export interface GifFrame {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** What becomes of a frame when its time is over, beyond staying as it is. */
const TO_BACKGROUND = 2;
const TO_PREVIOUS = 3;
/** Of all frames together: 256 million numbers. */
const MOST_PIXELS = 2 ** 26;

/**
 * The frames, one after the other.
 *
 * @param where what to call the gif in an error, such as its path
 * @throws FileError for what is no gif, or holds more than 64 million pixels in all
 */
export function* gifFrames(bytes: Uint8Array, where = "The gif"): Generator<GifFrame, void> {
  const reader = opened(bytes, where);
  const { width, height } = reader;
  const count = reader.numFrames();
  if (width * height * count > MOST_PIXELS)
    throw new FileError(
      `${where} has ${count} frames of ${width} x ${height} px; expected 64 million px in all at most.`,
    );
  let seen = new Uint8Array(width * height * 4);
  for (let i = 0; i < count; i++) {
    const frame = reader.frameInfo(i);
    const before = frame.disposal === TO_PREVIOUS ? seen.slice() : seen;
    try {
      reader.decodeAndBlitFrameRGBA(i, seen);
    } catch (error) {
      throw new FileError(`${where}: frame ${i + 1} of ${count} is damaged.`, { cause: error });
    }
    yield { height, width, data: seen };
    seen = before;
    if (frame.disposal !== TO_BACKGROUND) continue;
    for (let y = frame.y; y < frame.y + frame.height; y++)
      seen.fill(0, (y * width + frame.x) * 4, (y * width + frame.x + frame.width) * 4);
  }
}

function opened(bytes: Uint8Array, where: string): GifReader {
  try {
    return new GifReader(bytes);
  } catch (error) {
    throw new FileError(`${where} is no gif that can be read; expected an animated gif.`, { cause: error });
  }
}
