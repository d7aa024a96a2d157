// What an engine in a worker and the one who uses it say to each other.

import type { Cells } from "../../cells/cells.js";
import { EngineError, InvalidInputError, NcaError } from "../../cells/errors.js";
import type { Parameters } from "../../rule/rule.js";
import type { Rules } from "../../rule/strains.js";
import type { RolloutGradient, RolloutOptions, TapedOptions } from "../engine.js";

/** What can be asked for, and what the answer is. A rollout stays with the worker, by its number. */
export interface Answers {
  grow(rules: Rules, cells: Cells, options: RolloutOptions): Cells;
  rollout(rules: Rules, cells: Cells, options: TapedOptions, rollout: number): Cells;
  backward(rollout: number, dCells: Float32Array): RolloutGradient;
  parameterGradient(rollout: number, dCells: Float32Array): Parameters;
  release(rollout: number): void;
}

export type Method = keyof Answers;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };

/** An error as a message: its class by name. */
export function errorData(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "", message: `${error}` };
}

/** The error that a message stands for. */
export function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const known = [InvalidInputError, EngineError, NcaError].find((one) => one.name === name);
  return known ? new known(message) : new EngineError(`The engine's worker failed: ${message}`);
}
