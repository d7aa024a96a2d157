// Emoji as targets, from the package of Noto's drawings.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isEmoji, loadEmoji } from "../../lib/io/emoji.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { livingCells } from "../../lib/rule/seeds.js";

const folder = mkdtempSync(join(tmpdir(), "nca-emoji-"));
after(() => rmSync(folder, { recursive: true }));
const textOf = async (emoji: string) => new TextDecoder().decode(await loadEmoji(emoji));

test("an emoji is a target, much as the PNG of the same emoji", async () => {
  const [drawn, png] = [await loadTarget("🦀"), await loadTarget("targets/crab.png")];
  assert.deepEqual([drawn.width, drawn.height], [72, 72]);
  const ratio = livingCells(drawn) / livingCells(png);
  assert(ratio > 0.8 && ratio < 1.25, `${ratio}`);
  const middle = drawn.data.subarray(4 * (36 * 72 + 36), 4 * (36 * 72 + 37));
  assert(middle[0] > 0.6 && middle[1] < 0.4 && middle[3] > 0.99, `red, got ${middle}`);
});

test("an emoji is the same with and without its variation selector", async () => {
  for (const [plain, selected] of [
    ["\u2764", "\u2764\ufe0f"],
    ["\u{1f3f3}\u200d\u{1f308}", "\u{1f3f3}\ufe0f\u200d\u{1f308}"],
    ["1\u20e3", "1\ufe0f\u20e3"],
    ["#\u20e3", "#\ufe0f\u20e3"],
  ])
    assert.equal(await textOf(plain), await textOf(selected));
});

test("joined emoji and skin tones are drawings of their own", async () => {
  const texts = ["👩", "👩🏽", "👩🏽‍🚀", "👩‍🚀", "👨‍👩‍👧"].map(textOf);
  assert.equal(new Set(await Promise.all(texts)).size, texts.length);
});

test("what is no emoji, or not in the package, is told", async () => {
  for (const name of ["a.png", "1", "12#", "targets/🦎.png", "", "héllo"]) assert(!isEmoji(name), name);
  await assert.rejects(loadTarget("🇩🇪"), {
    name: "FileError",
    message:
      /^There is no emoji 🇩🇪 \(1F1E9 1F1EA\) in @iconify-json\/noto, which has no flags of countries; expected one/,
  });
  await assert.rejects(loadTarget("🦎🐦"), /There is no emoji 🦎🐦 \(1F98E 1F426\).*expected one emoji/);
  await assert.rejects(loadTarget("./🦎"), /there is no file/);
});

test("without the package the error says how to install it", async () => {
  const lib = fileURLToPath(new URL("../../lib", import.meta.url));
  for (const part of ["io", "cells"]) cpSync(join(lib, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { loadEmoji } = await import(pathToFileURL(join(folder, "io/emoji.js")).href);
  await assert.rejects(
    loadEmoji("🦎"),
    /🦎 is drawn by the package @iconify-json\/noto: npm install @iconify-json\/noto$/,
  );
});
