// What happens to this process when the one that decodes a picture crashes, hangs, takes memory or says nonsense.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { FileError } from "../../lib/cells/errors.js";
import { type DecodeLimits, decodeApart } from "../../lib/io/picture/decode-apart.js";
import { MAX_PICTURE_AREA } from "../../lib/io/picture/sides.js";
import { pictures } from "./make-pictures.js";

const folder = mkdtempSync(join(tmpdir(), "nca-decode-"));
after(() => rmSync(folder, { recursive: true }));
const jpeg = pictures().jpeg;

/** A program that does something else than to decode. */
function program(name: string, source: string): URL {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return pathToFileURL(path);
}

async function refuses(message: RegExp, limits: DecodeLimits, bytes: Uint8Array = jpeg): Promise<void> {
  await assert.rejects(decodeApart(bytes, "JPEG", "a.jpg", limits), (error: Error) => {
    assert(error instanceof FileError, `${error}`);
    assert.match(error.message, message);
    return true;
  });
}

test("a decoder that crashes ends its own process", async () => {
  await refuses(/^a\.jpg cannot be decoded: the decoder crashed \(SIG\w+\)\. Convert it to PNG first\.$/, {
    program: program("abort", "process.abort();"),
  });
  await refuses(/crashed \(exit code 5\)/, { program: program("exit", "process.exit(5);") });
});

test("a decoder that hangs is ended", async () => {
  await refuses(/^a\.jpg takes more than 0\.5 s to decode/, {
    program: program("hang", "for (;;) {}"),
    seconds: 0.5,
  });
});

test("a decoder that takes too much memory is ended, while it is busy", async () => {
  const limit = new URL("../../lib/io/picture/memory-limit.js", import.meta.url);
  const source = `import { killAbove } from ${JSON.stringify(limit.href)};
    killAbove(Number(process.argv[3]));
    for (const all = []; ; ) all.push(Buffer.alloc(1e6, 1));`;
  await refuses(/^a\.jpg takes more than 150 MiB of memory to decode/, {
    megabytes: 150,
    program: program("greedy", source),
  });
});

test("a decoder's nonsense is not believed", async () => {
  const says = (bytes: string) => `process.stdout.write(Buffer.from([${bytes}]));`;
  await refuses(/crashed/, { program: program("nothing", "") });
  await refuses(/crashed/, { program: program("short", says("1,0,0,0,1,0,0,0,9")) });
  const endless = `for (;;) if (!process.stdout.write(Buffer.alloc(1e6))) await new Promise((go) => process.stdout.once("drain", go));`;
  await refuses(/crashed \(SIGKILL\)/, { program: program("endless", endless) });
});

test("a picture larger than its header promised, and one that is none, are refused", async () => {
  const [width, height] = [4097, MAX_PICTURE_AREA / 4096];
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`);
  await refuses(/^a\.jpg is too large: 4097 x 4096 px, expected at most 16384 px a side and 4096 x/, {}, svg);
  await refuses(
    /^a\.jpg is a broken JPEG picture: [^\n]+\. Get it again, or save it as PNG\.$/,
    {},
    jpeg.subarray(0, 40),
  );
});

test("the decoder itself follows no link either: no server is asked, no file is read", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end(pictures().png);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  writeFileSync(join(folder, "red.png"), pictures().png);
  const hrefs = [join(folder, "red.png"), pathToFileURL(join(folder, "red.png")).href];
  for (const href of [`http://127.0.0.1:${port}/a.png`, ...hrefs]) {
    const image = `<image width="8" height="8" href="${href}" xlink:href="${href}"/>`;
    const spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
    const svg = Buffer.from(`<svg ${spaces} width="8" height="8">${image}</svg>`);
    const { data } = await decodeApart(svg, "SVG", "a.svg");
    const isRed = data.some(
      (_, i) => i % 4 === 0 && data[i] === 255 && data[i + 1] === 0 && data[i + 3] === 255,
    );
    assert(!isRed, href);
  }
  server.close();
  assert.equal(asked, 0);
});
