// Types of the packages that bring none, as far as lib/view uses them.

declare module "gif-encoder-2" {
  class GIFEncoder {
    constructor(width: number, height: number, algorithm?: "neuquant" | "octree", useOptimizer?: boolean);
    readonly width: number;
    readonly height: number;
    /** The frame being added, RGBA. */
    readonly image: Uint8ClampedArray;
    readonly out: { getData(): Uint8Array };
    colorTab: Uint8Array;
    colorDepth: number;
    indexedPixels: Uint8Array;
    firstFrame: boolean;
    /** Null for opaque frames; else `transIndex` is the entry of the palette that is not drawn. */
    transparent: number | null;
    transIndex: number;
    /** 0 for ever. */
    setRepeat(times: number): void;
    setDelay(ms: number): void;
    start(): void;
    addFrame(rgba: Uint8ClampedArray): void;
    finish(): void;
    /** Fills colorTab, colorDepth and indexedPixels from image. */
    analyzePixels(): void;
    writeImageDesc(): void;
    writePalette(): void;
  }
  export = GIFEncoder;
}

declare module "jsdom" {
  export class VirtualConsole {}
  export class JSDOM {
    constructor(
      html: string,
      options?: { runScripts: "outside-only"; pretendToBeVisual: boolean; virtualConsole: VirtualConsole },
    );
    readonly window: Window & typeof globalThis;
  }
}
