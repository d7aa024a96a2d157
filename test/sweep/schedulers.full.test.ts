// The files of docs/sweep with the real programs: GNU parallel over two ssh servers of which one is killed, and SLURM with a task
// that is requeued. The table of 24 trainings is the same bytes as that of one process. Needs root, to start the servers.

import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { root } from "#scripts/setup/root.mjs";
import { Folder } from "../../scripts/sweep/folder.js";
import { planIn } from "../../scripts/sweep/plan.js";
import { run } from "../scripts/run.js";

const call = promisify(execFile);
const has = (program: string) => spawnSync("which", [program]).status === 0;
const whyNot = (...programs: string[]) => {
  const missing = [
    ...programs.filter((program) => !has(program)),
    ...(process.getuid?.() === 0 ? [] : ["root"]),
  ];
  return missing.length > 0 && `without ${missing.join(" and ")}`;
};

const PLAN = {
  every: { size: 8, padding: 3, steps: 12, batch: 2 },
  measure: { runs: 2, lives: 0, longest: 200 },
  trainings: [
    {
      target: ["lizard", "heart"],
      regime: ["growing", "persistent"],
      "rng-seed": [1, 2, 3, 4, 5, 6],
    },
  ],
};

const place = mkdtempSync(join(tmpdir(), "nca-hosts-"));
const WHOLE = planIn(projectWith("whole"));

/** A folder that is this project, with a plan and nothing made of it. Returns the plan's path. */
function projectWith(name: string): string {
  const folder = join(place, name);
  mkdirSync(folder);
  for (const file of readdirSync(root))
    if (file !== "plan.json") symlinkSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, "plan.json"), JSON.stringify(PLAN));
  return join(folder, "plan.json");
}

const rowsIn = (name: string) => WHOLE.filter(new Folder(join(place, name, "plan")).isDone).length;
const tablesIn = (name: string) =>
  ["table.json", "table.csv"].map((table) => readFileSync(join(place, name, "plan", table), "utf8"));

/** Kills every process that works in a folder. */
function killIn(folder: string): number {
  let killed = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) continue;
      process.kill(Number(pid), "SIGKILL");
      killed++;
    } catch {} // it has ended, or is another's
  }
  return killed;
}

const pidIn = (path: string) => Number(readFileSync(path, "utf8"));
/** Processes to end, by the files that say their numbers. */
const servers: string[] = [];

before(async () => {
  const { code, stderr } = await run("sweep", join(place, "whole", "plan.json"));
  assert.equal(code, 0, stderr);
  assert.equal(rowsIn("whole"), 24);
});

after(() => {
  for (const path of servers.reverse()) {
    try {
      process.kill(pidIn(path), "SIGKILL");
    } catch {} // it was killed before
  }
  killIn(place);
  rmSync(place, { recursive: true, force: true });
});

test("GNU parallel over two hosts, one of which is killed", {
  skip: whyNot("parallel", "sshd", "rsync"),
}, async () => {
  mkdirSync("/run/sshd", { recursive: true });
  const key = join(place, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  chmodSync(key, 0o600);
  const hosts = ["one", "two"].map((name, i) => {
    const folder = join(place, name);
    mkdirSync(folder);
    projectWith(join(name, "nca"));
    rmSync(join(folder, "nca", "plan.json")); // it is brought
    const port = 20_000 + (process.pid % 20_000) + i;
    // a folder of its own, as on a machine of its own
    const shell = join(folder, "shell");
    writeFileSync(
      shell,
      `#!/bin/sh\nexport HOME=${folder}\ncd ${folder}\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`,
    );
    chmodSync(shell, 0o755);
    const pid = join(place, `${name}.pid`);
    const config = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${key}`,
      `AuthorizedKeysFile ${key}.pub`,
      `PidFile ${pid}`,
      "StrictModes no",
      "UsePAM no",
      `ForceCommand ${shell}`,
    ];
    writeFileSync(join(place, `${name}.sshd`), `${config.join("\n")}\n`);
    execFileSync("/usr/sbin/sshd", ["-f", join(place, `${name}.sshd`), "-E", join(place, `${name}.log`)]);
    servers.push(pid);
    return { name, folder, port, pid };
  });
  const ssh = hosts.flatMap(({ name, port }) => [
    `Host ${name}`,
    "HostName 127.0.0.1",
    `Port ${port}`,
    "User root",
    `IdentityFile ${key}`,
    "StrictHostKeyChecking no",
    "UserKnownHostsFile /dev/null",
    "LogLevel ERROR",
  ]);
  writeFileSync(join(place, "ssh"), `${ssh.join("\n")}\n`);
  projectWith("parallel");
  const env = { ...process.env, PARALLEL_SSH: `ssh -F ${join(place, "ssh")}`, SWEEP_DIR: "nca" };
  const options = { cwd: join(place, "parallel"), env, maxBuffer: 2 ** 24 };
  const sweep = call("sh", ["docs/sweep/parallel.sh", "plan.json", "one,two"], options);
  while (rowsIn("parallel") < 6) await wait(100);
  const [, two] = hosts;
  while (killIn(two.folder) === 0) await wait(20); // between two trainings nothing is under way there
  process.kill(pidIn(two.pid), "SIGKILL");
  assert.ok(rowsIn("parallel") < 24);
  await sweep;
  assert.deepEqual(tablesIn("parallel"), tablesIn("whole"));
});

test("a SLURM array, with a task that is requeued", {
  skip: whyNot("slurmctld", "slurmd", "munged"),
}, async () => {
  const at = (name: string) => join(place, name);
  const host = hostname().split(".")[0];
  mkdirSync("/run/munge", { recursive: true });
  for (const folder of ["state", "spool"]) mkdirSync(at(folder), { mode: 0o700 });
  writeFileSync(at("munge.key"), Buffer.alloc(1024, 7), { mode: 0o600 });
  const munge = ["key-file", "socket", "pid-file", "log-file", "seed-file"].map((what) => {
    return `--${what}=${at(`munge.${what.replace("-file", "")}`)}`;
  });
  execFileSync("munged", ["--force", ...munge]);
  servers.push(at("munge.pid"));
  const port = 20_000 + (process.pid % 20_000) + 100;
  const config = [
    "ClusterName=nca",
    `SlurmctldHost=${host}(127.0.0.1)`,
    "SlurmUser=root",
    "AuthType=auth/munge",
    `AuthInfo=socket=${at("munge.socket")}`,
    `SlurmctldPort=${port}`,
    `SlurmdPort=${port + 1}`,
    `StateSaveLocation=${at("state")}`,
    `SlurmdSpoolDir=${at("spool")}`,
    `SlurmctldPidFile=${at("slurmctld.pid")}`,
    `SlurmdPidFile=${at("slurmd.pid")}`,
    `SlurmctldLogFile=${at("slurmctld.log")}`,
    `SlurmdLogFile=${at("slurmd.log")}`,
    "SlurmdParameters=config_overrides",
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "SwitchType=switch/none",
    "MpiDefault=none",
    "ReturnToService=2",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "KillWait=10",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN`,
    `PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
  ];
  writeFileSync(at("slurm.conf"), `${config.join("\n")}\n`);
  const env = { ...process.env, SLURM_CONF: at("slurm.conf") };
  execFileSync("slurmctld", ["-f", at("slurm.conf")], { env });
  servers.push(at("slurmctld.pid"));
  await wait(2000);
  execFileSync("slurmd", ["-f", at("slurm.conf")], { env });
  servers.push(at("slurmd.pid"));
  projectWith("slurm");
  const slurm = async (program: string, ...args: string[]) =>
    (await call(program, args, { env, cwd: at("slurm") })).stdout;
  const said = await slurm("sbatch", "--array=1-3", "--cpus-per-task=1", "docs/sweep/slurm.sh", "plan.json");
  const [job] = /\d+/.exec(said)!;
  while (rowsIn("slurm") < 3) await wait(100);
  await slurm("scontrol", "requeue", `${job}_2`);
  const log = () => readFileSync(at(`slurm/slurm-${job}_2.out`), "utf8");
  const begun = () => log().match(/trainings are done;/g)?.length;
  while (begun() !== 2) {
    await wait(1000);
    // SLURM holds a requeued task for two minutes
    await slurm("scontrol", "update", `JobId=${job}_2`, "StartTime=now").catch(() => {});
  }
  while ((await slurm("squeue", "--noheader")).trim() !== "") await wait(500);
  assert.equal(rowsIn("slurm"), 24);
  const merged = await run("sweep", join(place, "slurm", "plan.json"));
  assert.equal(merged.code, 0, merged.stderr);
  assert.deepEqual(tablesIn("slurm"), tablesIn("whole"));
});
