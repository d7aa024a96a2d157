import { NcaError } from "../cells/errors.js";

/** The engine could not finish a rollout: memory ran out, or a thread was lost. */
export class EngineError extends NcaError {
  override name = "EngineError";
}
