// Runs in the kernel before tslab, which prints the last expression of a cell with console.log: what the library's
// show takes is shown instead. Refuses to load the library for a notebook that did not import it.
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./root.mjs";

const { cache } = createRequire(import.meta.url);
const library = join(root, "dist/lib/index.js");
const print = console.log;

console.log = (...things) => {
  const nca = cache[library]?.exports;
  if (things.length === 1 && nca?.isShowable(things[0])) nca.show(things[0]);
  else print(...things);
};
