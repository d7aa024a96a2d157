// Scenes that could not live are refused before a page is made of them.

import assert from "node:assert/strict";
import test from "node:test";
import { emptyCells } from "../../lib/cells/cells.js";
import { playgroundPage } from "../../lib/page/html.js";
import { sceneOf } from "../../lib/page/scene.js";
import { createRule } from "../../lib/rule/rule.js";

const target = emptyCells(1, 9, 9, 4);
const rule = () => createRule({ hidden: 4 });
const page = (strain: object) =>
  playgroundPage([sceneOf("a scene", [{ name: "x", rule: rule(), target, ...strain }], 0.5)]);

test("a rule or a target that cannot be used makes no page", () => {
  assert.match(page({}), /^<!doctype html>/);
  const refuses = (strain: object, message: RegExp) =>
    assert.throws(() => page(strain), { name: "InvalidInputError", message });
  const broken = rule();
  broken.parameters.w1[3] = Number.NaN;
  refuses({ rule: broken }, /w1 has NaN at 3/);
  refuses({ target: { ...target, data: new Float32Array(3) } }, /hold 3 numbers/);
  refuses({ target: { ...target, premultiplied: false } }, /premultiplied/);
  assert.throws(() => playgroundPage([]), /at least one scene/);
});
