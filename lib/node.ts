// The package's own face in Node: all but TensorFlow.js. Runs with no other package installed than its few dependencies;
// what draws says how the packages that it needs are installed.

export * from "./core.js";
export { writeFileAtomic } from "./io/atomic.js";
export { load, loadCheckpoint } from "./io/load.js";
export { loadTarget, targetFromPicture } from "./io/load-target.js";
export { save } from "./io/save.js";
// `core` has these without a notebook's picture of how it goes
export { train, training } from "./notebook/live.js";
export * from "./notebook.js";
export { playgroundPage } from "./page/html.js";
export { resumeTraining, saveTraining } from "./train/resume.js";
