// All of the library, for the notebooks: import * as nca from "../lib".

export * from "./node.js";
export * from "./tensor.js";
