// The program that decodes one picture in a process of its own: bytes come in on standard input; 8-bit RGBA goes out
// on standard output, after its width and height, or what is wrong on standard error. Decodes with Skia, which turns a
// picture by its EXIF orientation and brings colours to sRGB. Never imported: `decodeApart` starts it.
import { killAbove } from "./memory-limit.js";
import { PROBLEMS } from "./problems.js";

/** A picture that is refused, and why. */
class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

async function canvas(): Promise<typeof import("canvas")> {
  try {
    return await import("canvas").catch(() => import("@napi-rs/canvas" as "canvas"));
  } catch (error) {
    throw new Refused(PROBLEMS.noDecoder, `${error}`);
  }
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The pixels after two 32-bit numbers: width and height. */
async function decoded(bytes: Buffer, maxArea: number): Promise<Buffer> {
  const { createCanvas, loadImage } = await canvas();
  const image = await loadImage(bytes).catch((error) => {
    throw new Refused(PROBLEMS.broken, error instanceof Error ? error.message : "its pixels do not decode");
  });
  const { width, height } = image;
  if (!(width * height <= maxArea)) throw new Refused(PROBLEMS.large, `${width} x ${height} px`);
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0, width, height);
  const size = Buffer.alloc(8);
  size.writeUInt32LE(width, 0);
  size.writeUInt32LE(height, 4);
  return Buffer.concat([size, new Uint8Array(context.getImageData(0, 0, width, height).data.buffer)]);
}

async function main([maxArea, megabytes]: number[]): Promise<void> {
  try {
    killAbove(megabytes);
    process.stdout.write(await decoded(await standardInput(), maxArea));
  } catch (error) {
    process.stderr.write(error instanceof Error ? error.message : `${error}`);
    process.exitCode = error instanceof Refused ? error.code : PROBLEMS.broken;
  }
}

await main(process.argv.slice(2).map(Number));
