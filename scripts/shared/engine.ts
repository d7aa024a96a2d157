// What computes the CA steps of a command.

import type { Engine } from "../../lib/engine/engine.js";
import { ENGINE_NAMES, engineNamed } from "../../lib/engine/engines.js";
import { oneOf } from "./flags.js";

/** The engine by name: states have the same bits on all but `fused` and `webgpu`; each rounds gradients in its own way. */
export function engineFlag() {
  if (process.env.NCA_ENGINE === "") delete process.env.NCA_ENGINE; // as if it were not set
  return oneOf("--engine <name>", "what computes", ENGINE_NAMES)
    .env("NCA_ENGINE")
    .default(
      undefined,
      "wasm, the same bits everywhere, fused is faster, with bits of its own; " +
        "webgpu runs on a graphics card",
    );
}

/** For commands of many parts: makes the library choose the engine that a command line names. */
export function chooseEngine({ engine }: { readonly engine?: string | undefined }): void {
  if (engine !== undefined) process.env.NCA_ENGINE = engine;
}

/** The engine that a command line names; undefined where the library is to choose. */
export function engineOf({ engine }: { readonly engine?: string | undefined }): Engine | undefined {
  return engine === undefined ? undefined : engineNamed(engine);
}
