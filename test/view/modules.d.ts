declare module "omggif" {
  export class GifReader {
    constructor(bytes: Uint8Array);
    readonly width: number;
    readonly height: number;
    numFrames(): number;
    /** 0 for ever, null for once. */
    loopCount(): number | null;
    /** `delay` in 10 ms; `palette_offset` into the bytes. */
    frameInfo(frame: number): { delay: number; palette_offset: number };
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}
