#!/usr/bin/env node
// What `npx differentiable-morphogenesis NAME` runs: the commands that need no notebook, each in its own module.

import { fileURLToPath } from "node:url";
import { guess } from "./shared/usage.js";

const COMMANDS = ["train", "grow", "evaluate", "infect", "convert", "life", "playground"];

const [node, , name, ...flags] = process.argv;
if (name !== undefined && COMMANDS.includes(name)) {
  process.env.NCA_PROGRAM = "differentiable-morphogenesis"; // as the command's help calls itself
  const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  process.argv = [node, path, ...flags];
  await import(`./${name}.js`);
} else {
  const about = `Usage: differentiable-morphogenesis COMMAND [flags], where COMMAND is one of ${COMMANDS.join(", ")}`;
  if (name === undefined || name === "--help") console.log(`${about}; COMMAND --help tells its flags.`);
  else {
    console.error(`There is no command "${name}".${guess(name, COMMANDS)}\n${about}.`);
    process.exitCode = 1;
  }
}
