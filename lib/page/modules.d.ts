// Types of packages that bring none.

declare module "gifenc" {
  interface FrameOptions {
    /** Colours as [red, green, blue]; of the first frame the whole film's. */
    readonly palette?: readonly (readonly number[])[];
    /** Milliseconds. */
    readonly delay?: number;
    /** How often it is shown; 0 for ever, -1 once. */
    readonly repeat?: number;
  }
  interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  export function GIFEncoder(): Encoder;
}
