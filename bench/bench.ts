// npm run bench: every workload on the engine and beside every peer that is installed, taking turns in one run.

import { availableParallelism } from "node:os";
import { Option } from "@commander-js/extra-typings";
import { command, RUNNING, runCommand } from "../scripts/shared/command.js";
import { jsonFlag, whole } from "../scripts/shared/flags.js";
import { UsageError } from "../scripts/shared/usage.js";

/** From so many turns on a median leaves out a turn that something else disturbed. */
const WRITE_ROUNDS = 3;

export const benchFlags = command("bench", "Measures speed and memory, beside other implementations.", [
  "--only paper,wasm,fused,pytorch --rounds 3",
  "--write",
])
  .optionsGroup("What to measure:")
  .addOption(
    new Option("--only <names>", "workloads, curves and contenders, comma-separated").default("", "all"),
  )
  .addOption(whole("--rounds <number>", "turns of every contender", 1, 1000).default(7))
  .addOption(whole("--threads <number>", "threads each", 0, 256).default(0, "0, which takes all cores"))
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(new Option("--write", "write bench/RESULTS.md and its chart"));

await runCommand(import.meta.url, benchFlags, async ({ values }) => {
  const { rounds, threads, only, json = false, write = false } = values;
  if (write && only) throw new UsageError("--write keeps a whole run: leave --only out.");
  if (write && rounds < WRITE_ROUNDS)
    throw new UsageError(`--write keeps medians: --rounds is ${rounds}, expected ${WRITE_ROUNDS} or more.`);
  const { bench } = await import("./run.js");
  await bench({ rounds, threads: threads || availableParallelism(), only, json, write });
});
