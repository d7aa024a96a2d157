// Frames as a film, by ffmpeg where that is installed. The same frames give the same bytes with the same ffmpeg.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Rgba } from "../../lib/node.js";
import { UsageError } from "./usage.js";

export const FILMS = [".mp4", ".webm"];
const FRAMES_A_SECOND = 20;
/** Frames that the last one stays. */
const HOLD_LAST = 30;

/** How ffmpeg writes each kind; H.264 wants even sides, and WebM can be transparent. */
const CODECS: Record<string, readonly string[]> = {
  ".mp4": ["-c:v", "libx264", "-crf", "14", "-pix_fmt", "yuv420p", "-movflags", "+faststart"],
  ".webm": ["-c:v", "libvpx-vp9", "-crf", "18", "-b:v", "0", "-pix_fmt", "yuva420p"],
};
const EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white";
const SAME_BYTES = ["-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"];

/** The bytes of a film, every cell `scale` px wide. Throws UsageError where there is no ffmpeg, or it cannot write this kind. */
export async function film(frames: readonly Rgba[], out: string, scale: number): Promise<Uint8Array> {
  const kind = extname(out);
  const [{ width, height }] = frames;
  const folder = mkdtempSync(join(tmpdir(), "film-"));
  const path = join(folder, `film${kind}`);
  const input = [
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgba",
    "-s",
    `${width}x${height}`,
    "-r",
    `${FRAMES_A_SECOND}`,
  ];
  const filters = [`scale=iw*${scale}:ih*${scale}:flags=neighbor`, ...(kind === ".mp4" ? [EVEN] : [])];
  const args = [...input, "-i", "-", "-vf", filters.join(","), ...CODECS[kind], ...SAME_BYTES, path];
  try {
    const last = frames[frames.length - 1];
    await run(["-v", "error", "-y", ...args], [...frames, ...Array<Rgba>(HOLD_LAST).fill(last)]);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], frames: readonly Rgba[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const ffmpeg = spawn("ffmpeg", args, { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    ffmpeg.stderr.on("data", (text) => {
      said += text;
    });
    ffmpeg.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const why =
        code === "ENOENT" ? "there is none; install it (apt install ffmpeg), or give a .gif" : message;
      reject(new UsageError(`A film is written by ffmpeg, and ${why}.`));
    });
    ffmpeg.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new UsageError(`ffmpeg could not write the film: ${said.trim().split("\n").at(-1)}`));
    });
    ffmpeg.stdin.on("error", () => {}); // it ended early: "close" says why
    for (const { data } of frames) ffmpeg.stdin.write(data);
    ffmpeg.stdin.end();
  });
}
