// The programs that tests need besides Node, found or installed once; what is missing is said, and its tests skipped.
import { requireChromium } from "./chromium.mjs";
import { installJupyter } from "./jupyter.mjs";

/**
 * What is missing.
 *
 * @type {string[]}
 */
export const missing = [];

/**
 * @param {string} what
 * @param {string} why
 */
function skip(what, why) {
  missing.push(what);
  console.log(`${why}: what needs it is skipped.`);
}

/** @type {boolean | undefined} */
let jupyterFound;
/** Whether there is a Jupyter, installed now if need be; says so where there is none. */
export function hasJupyter() {
  if (jupyterFound === undefined) {
    jupyterFound = installJupyter() !== undefined;
    if (!jupyterFound) skip("Jupyter", "Jupyter was not found and could not be installed");
  }
  return jupyterFound;
}

/** @type {NodeJS.ProcessEnv | undefined} */
let environment;
/** What tests are told about these programs, as environment variables. */
export function programs() {
  if (environment) return environment;
  const chromium = requireChromium();
  if (!chromium) skip("Chromium", "No Chromium or Chrome was found");
  environment = { ...(chromium && { CHROMIUM: chromium }), ...(!hasJupyter() && { NCA_NO_JUPYTER: "1" }) };
  return environment;
}
