// What types would catch is caught where they are not checked: in JavaScript, and in kernels that do not check them.
import assert from "node:assert/strict";
import test from "node:test";
import { seedCells } from "../../lib/cells/cells.js";
import { grow } from "../../lib/engine/grow.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { save } from "../../lib/io/save.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { Trainer } from "../../lib/train/trainer.js";

test("a misspelt option is refused where types are not checked", async () => {
  const odd = (options: object) => options as never;
  assert.throws(
    () => createRule(odd({ chanels: 3 })),
    /createRule has no option "chanels"; expected some of perc/,
  );
  assert.throws(
    () => new Trainer(createRule(), growth(seedCells(1, 9, 9, 4), createRule()), odd({ step: 3 })),
    /has no option "step"/,
  );
  await assert.rejects(grow(createRule(), odd({ steps: 1, sizes: 3 })), /grow has no option "sizes"/);
  await assert.rejects(loadTarget("x.png", odd({ sise: 3 })), /A target has no option "sise"/);
  await assert.rejects(
    save(createRule(), "rule.pt"),
    /save writes safetensors, and "rule\.pt" ends as another/,
  );
});
