// The same small picture in every format: red on the left, blue on the right, and a hole where a format has one.
import { createCanvas } from "canvas";
import { makeJpeg } from "./make-jpeg.js";

export const WIDTH = 16;
export const HEIGHT = 8;

/** A bitmap of 24 bits, rows from the bottom up. */
export function makeBmp(): Uint8Array {
  const bytes = Buffer.alloc(54 + 3 * WIDTH * HEIGHT);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(WIDTH, 18);
  bytes.writeInt32LE(HEIGHT, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 0; i < WIDTH * HEIGHT; i++) bytes[54 + 3 * i + (i % WIDTH < WIDTH / 2 ? 2 : 0)] = 255;
  return bytes;
}

export const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<rect width="8" height="8" fill="red"/><rect x="8" width="8" height="8" fill="#00f"/></svg>`;

/** The picture in all formats that are read, by format. */
export function pictures(): Record<string, Uint8Array> {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  for (const [colour, x] of [
    ["red", 0],
    ["blue", 8],
  ] as const) {
    context.fillStyle = colour;
    context.fillRect(x, 0, 8, 8);
  }
  return {
    png: canvas.toBuffer("image/png"),
    jpeg: makeJpeg([
      [255, 0, 0],
      [0, 0, 255],
    ]),
    webp: canvas.toBuffer("image/webp", 100),
    gif: canvas.toBuffer("image/gif"),
    bmp: makeBmp(),
    avif: canvas.toBuffer("image/avif", { quality: 100 }),
    svg: Buffer.from(SVG),
  };
}
