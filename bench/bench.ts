// npm run bench: every workload on the engine and beside every peer that is installed, taking turns in one run.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand, wholeNumber } from "../scripts/command.js";
import { peakGflops } from "./peak.js";
import { writeWorkload } from "./peers/exchange.js";
import { Peer, PeerError } from "./peers/start.js";
import { loadWorkloads, type Mode, type Workload } from "./workloads.js";

const script = (name: string) => fileURLToPath(new URL(`./peers/${name}.js`, import.meta.url));
const pytorch = fileURLToPath(new URL("../../bench/peers/pytorch.py", import.meta.url));

interface Contender {
  readonly impl: string;
  readonly start: (folder: string, mode: Mode) => Peer;
  /** Too slow to be asked more than once a workload. */
  readonly slow?: boolean;
}

function contenders(threads: number): Contender[] {
  const node = (file: string, env?: NodeJS.ProcessEnv) => (folder: string, mode: Mode) =>
    new Peer(process.execPath, [script(file), folder, mode, `${threads}`], env);
  return [
    { impl: "engine", start: node("engine") },
    {
      impl: "pytorch",
      start: (folder, mode) => new Peer("/usr/bin/python3", [pytorch, folder, mode, `${threads}`]),
    },
    { impl: "tfjs-wasm", slow: true, start: node("tfjs", { NCA_TF_BACKEND: "wasm" }) },
    { impl: "tfjs-node", slow: true, start: node("tfjs", { NCA_TF_BACKEND: "node" }) },
  ];
}

interface Result {
  readonly workload: string;
  readonly mode: Mode;
  readonly impl: string;
  readonly threads: number;
  /** Median; a training step in mode `train`, a CA step in mode `infer`. */
  readonly secondsPerStep: number | null;
  /** Fastest and slowest. */
  readonly spread?: readonly [number, number];
  readonly peakRssMb: number | null;
  readonly why?: string;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** All contenders on one workload, taking turns; the first turn of each is not counted. */
async function measure(workload: Workload, mode: Mode, all: Contender[], rounds: number, threads: number) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  writeWorkload(folder, workload);
  const unit = mode === "train" ? 1 : workload.steps;
  const runs = all.map((contender) => ({
    contender,
    seconds: [] as number[],
    peak: 0,
    why: "",
    peer: contender.start(folder, mode),
  }));
  for (let round = 0; round <= rounds; round++) {
    for (const run of runs) {
      if (run.why || (run.contender.slow && round > 1)) continue;
      try {
        const { seconds, peakRssMb } = await run.peer.ask();
        if (round > 0) run.seconds.push(seconds / unit);
        run.peak = peakRssMb;
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        run.why = error.message;
      }
    }
  }
  for (const { peer } of runs) peer.stop();
  rmSync(folder, { recursive: true });
  return runs.map(({ contender, seconds, peak, why }): Result => {
    const same = { workload: workload.name, mode, impl: contender.impl, threads };
    if (why) return { ...same, secondsPerStep: null, peakRssMb: null, why };
    const spread = [Math.min(...seconds), Math.max(...seconds)] as const;
    return { ...same, secondsPerStep: median(seconds), spread, peakRssMb: Math.round(peak) };
  });
}

function versionOf(command: string, ...args: string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

const flags = {
  rounds: { help: "turns of every contender", value: "7" },
  threads: { help: "threads each (0: all cores)", value: "0" },
  only: { help: "names of workloads and contenders, comma-separated", value: "" },
  json: { help: "print one JSON document", value: false },
} as const;

await runCommand("bench", flags, async (values) => {
  const threads = wholeNumber("threads", values.threads, 0, 256) || availableParallelism();
  const rounds = wholeNumber("rounds", values.rounds, 1, 1000);
  const names = values.only.split(",").filter(Boolean);
  const workloads = await loadWorkloads();
  const all = contenders(threads);
  const chosen = <T>(items: T[], name: (item: T) => string) => {
    const some = items.filter((item) => names.includes(name(item)));
    return some.length > 0 ? some : items;
  };
  const results: Result[] = [];
  for (const workload of chosen(workloads, ({ name }) => name)) {
    for (const mode of ["train", "infer"] as const) {
      const measured = await measure(
        workload,
        mode,
        chosen(all, ({ impl }) => impl),
        rounds,
        threads,
      );
      results.push(...measured);
      if (values.json) continue;
      for (const { impl, secondsPerStep, spread, peakRssMb, why } of measured) {
        const milliseconds = (value: number) => (1000 * value).toFixed(mode === "train" ? 0 : 3);
        const figure =
          secondsPerStep === null
            ? `- (${why})`
            : `${milliseconds(secondsPerStep)} ms (${spread!.map(milliseconds).join(" to ")}), ${peakRssMb} MB`;
        process.stdout.write(`${workload.name.padEnd(10)}${mode.padEnd(7)}${impl.padEnd(11)}${figure}\n`);
      }
    }
  }
  if (!values.json) return;
  const machine = {
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    node: process.version,
    pytorch: versionOf("/usr/bin/python3", "-c", "import torch; print(torch.__version__)"),
  };
  process.stdout.write(`${JSON.stringify({ machine, results, peakGflops: peakGflops() })}\n`);
});
