// Types of the packages that bring none, as far as lib/io uses them.

declare module "omggif" {
  export class GifReader {
    constructor(bytes: Uint8Array);
    readonly width: number;
    readonly height: number;
    numFrames(): number;
    /** 0 for ever, null for once. */
    loopCount(): number | null;
    /** `delay` in 10 ms; `palette_offset` into the bytes; where the frame is drawn, and what becomes of it then. */
    frameInfo(frame: number): {
      readonly delay: number;
      readonly palette_offset: number;
      readonly disposal: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}
