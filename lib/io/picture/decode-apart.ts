// Decodes a picture in a process of its own, so that a crash of a native decoder ends that process and not this one.
// Trusts nothing that comes back. Node only: in a browser, draw the picture and give `targetFromPixels` its pixels.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FileError } from "../../cells/errors.js";
import { brokenPicture, quotable, reason } from "../file-errors.js";
import { OUT_OF_MEMORY } from "./memory-limit.js";
import type { Pixels } from "./pixels.js";
import { PROBLEMS } from "./problems.js";
import { MAX_PICTURE_AREA, MOST_PIXELS } from "./sides.js";

export interface DecodeLimits {
  /** The longest that decoding may take (default 20 s); a picture takes about 0.1 s. */
  readonly seconds?: number;
  /** The most memory that the process may hold (default 1024 MiB); the largest picture takes about half of it. */
  readonly megabytes?: number;
  /** The program that decodes; for tests. */
  readonly program?: URL;
}

/** How a process ended, and what it wrote. */
interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: Buffer;
  readonly said: string;
  readonly late: boolean;
}

const MAX_OUT = 8 + 4 * MAX_PICTURE_AREA;
const MAX_SAID = 10_000;
const INSTEAD = "Convert it to PNG first.";

/**
 * The pixels of a picture.
 *
 * @param format what to call its format in an error, such as "JPEG"
 * @throws FileError for a picture that does not decode, crashes its decoder, takes too long or too much memory
 */
export async function decodeApart(
  bytes: Uint8Array,
  format: string,
  where: string,
  limits: DecodeLimits = {},
): Promise<Pixels> {
  const { seconds = 20, megabytes = 1024, program = new URL("./decoder.js", import.meta.url) } = limits;
  const ended = await run(bytes, { seconds, megabytes, program }).catch((error) => {
    throw new FileError(
      `${where} cannot be decoded: no process can be started (${reason(error)}). ${INSTEAD}`,
    );
  });
  const { code, signal, out, said, late } = ended;
  const why = quotable(said);
  if (late) throw new FileError(`${where} takes more than ${seconds} s to decode. ${INSTEAD}`);
  if (said.endsWith(OUT_OF_MEMORY))
    throw new FileError(`${where} takes more than ${megabytes} MiB of memory to decode. ${INSTEAD}`);
  if (code === PROBLEMS.noDecoder) throw noDecoder(format, where);
  if (code === PROBLEMS.large) {
    throw new FileError(`${where} is too large: ${why}, expected ${MOST_PIXELS}. Shrink it first.`);
  }
  if (code === PROBLEMS.broken) throw brokenPicture(where, format, why);
  const pixels = code === 0 ? pixelsIn(out) : undefined;
  if (pixels) return pixels;
  throw new FileError(
    `${where} cannot be decoded: the decoder crashed (${signal ?? `exit code ${code}`}). ${INSTEAD}`,
  );
}

function noDecoder(format: string, where: string): FileError {
  const install = "npm install @napi-rs/canvas@1";
  return new FileError(
    `${where} is a ${format} picture, which the package @napi-rs/canvas decodes: ${install}`,
  );
}

function pixelsIn(out: Buffer): Pixels | undefined {
  if (out.length < 8) return undefined;
  const [width, height] = [out.readUInt32LE(0), out.readUInt32LE(4)];
  return out.length === 8 + 4 * width * height ? { width, height, data: out.subarray(8) } : undefined;
}

function run(bytes: Uint8Array, { seconds, megabytes, program }: Required<DecodeLimits>): Promise<Ended> {
  const args = [fileURLToPath(program), `${MAX_PICTURE_AREA}`, `${megabytes}`];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, NODE_OPTIONS: "" }, // a notebook's kernel preloads its own
      stdio: "pipe",
      windowsHide: true,
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, 1000 * seconds);
    const out = collected(child.stdout, MAX_OUT, () => child.kill("SIGKILL"));
    const said = collected(child.stderr, MAX_SAID, () => undefined);
    child.stdin.on("error", () => undefined); // it ended before it read all: how it ended says why
    child.stdin.end(bytes);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, late, out: Buffer.concat(out), said: Buffer.concat(said).toString() });
    });
  });
}

/** What a stream brings, as it comes; nothing beyond `most` bytes is kept. */
function collected(stream: NodeJS.ReadableStream, most: number, tooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= most) chunks.push(chunk);
    else tooMuch();
  });
  return chunks;
}
