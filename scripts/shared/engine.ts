// What computes the CA steps of a command.

import { oneOf } from "./flags.js";

export const ENGINE_NAMES = ["reference", "wasm"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The engine by name; all of them give the same bits. */
export function engineFlag() {
  return oneOf("--engine <name>", "what computes", ENGINE_NAMES).env("NCA_ENGINE").default("wasm");
}
