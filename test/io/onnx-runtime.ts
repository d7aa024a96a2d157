// ONNX Runtime, where test/tools is installed: what runs other people's models runs ours.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import type { Cells } from "../../lib/cells/cells.js";
import { channelsFirst } from "./coins.js";

const TOOLS = join(root, "test/tools");

/** Why tests with ONNX Runtime are skipped; false where they are not. */
export const noOnnxRuntime: string | false = existsSync(join(TOOLS, "node_modules/onnxruntime-web"))
  ? false
  : "onnxruntime-web is not installed: npm ci --prefix test/tools";

/** What we use of the package, which is not there when this is compiled. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => RuntimeTensor;
}

interface RuntimeTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  run(inputs: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>>;
}

/** The package itself. */
export function onnxRuntime(): Runtime {
  const runtime = createRequire(join(TOOLS, "package.json"))("onnxruntime-web") as Runtime;
  runtime.env.wasm.numThreads = 1; // more of them would keep this process alive
  return runtime;
}

/** A model of ours, ready to run: from cells and coins [N, 1, H, W] or [steps, N, 1, H, W] to the next [N, C, H, W]. */
export async function onnxModel(
  bytes: Uint8Array,
): Promise<(cells: Cells, coins: Float32Array, steps?: number) => Promise<Float32Array>> {
  const { InferenceSession, Tensor } = onnxRuntime();
  const session = await InferenceSession.create(bytes);
  return async (cells, coins, steps) => {
    const { count, channels, height, width } = cells;
    const each = [count, 1, height, width];
    const { next } = await session.run({
      state: new Tensor("float32", channelsFirst(cells), [count, channels, height, width]),
      coins: new Tensor("float32", coins, steps === undefined ? each : [steps, ...each]),
    });
    if (`${next.dims}` !== `${[count, channels, height, width]}`) throw new Error(`next is [${next.dims}]`);
    return next.data;
  };
}
