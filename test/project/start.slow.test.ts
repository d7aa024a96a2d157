// `npm start` serves the notebooks with this project's kernel, and Ctrl-C leaves nothing behind.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { jupyterEnvironment, requireJupyter } from "#scripts/setup/jupyter.mjs";
import { root } from "#scripts/setup/root.mjs";
import { ensureNpmCache, nodeProblem } from "#scripts/setup/setup.mjs";
import { NO_JUPYTER } from "./jupyter.js";

const TIMEOUT = { timeout: 180_000, skip: NO_JUPYTER };
const TOKEN = "token-of-a-test";

/** A port that was free a moment ago, and the server that held it. */
async function holdPort() {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function freePort(): Promise<number> {
  const { server, port } = await holdPort();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts npm in a process group of its own, as a terminal does, marked so that its descendants can be found. */
function npmStart(port: number, mark: string): ChildProcess {
  return spawn("npm", ["start", "--", "--no-browser", "--port", String(port)], {
    cwd: root,
    env: { ...process.env, JUPYTER_TOKEN: TOKEN, TEST_MARK: mark },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/** Processes whose environment holds the mark; Linux alone shows it. */
function marked(mark: string): string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").filter((id) => {
    try {
      return /^\d+$/.test(id) && readFileSync(`/proc/${id}/environ`, "latin1").includes(mark);
    } catch {
      return false; // ended meanwhile
    }
  });
}

async function ask(port: number, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://localhost:${port}${path}`, { ...init, headers: { Authorization: `token ${TOKEN}` } });
}

async function untilAnswers(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await ask(port, "/api").catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`npm start ended with code ${child.exitCode}`);
}

/** Waits until no process bears the mark, for half a minute at most; returns those that are left. */
async function untilGone(mark: string): Promise<string[]> {
  for (let i = 0; i < 150 && marked(mark).length > 0; i++) await new Promise((done) => setTimeout(done, 200));
  return marked(mark);
}

test("npm start serves the notebooks and Ctrl-C ends it with its kernels", TIMEOUT, async () => {
  const port = await freePort();
  const mark = randomUUID();
  const child = npmStart(port, mark);
  try {
    await untilAnswers(port, child);
    const specs = await (await ask(port, "/api/kernelspecs")).json();
    assert.equal(specs.kernelspecs.tslab.spec.display_name, "TypeScript");
    const kernel = await ask(port, "/api/kernels", { method: "POST", body: '{"name": "tslab"}' });
    assert.equal(kernel.status, 201);

    process.kill(-child.pid!, "SIGINT");
    const [code, signal] = await once(child, "exit");
    assert.ok(code === 0 || signal === "SIGINT", `ended with ${code ?? signal}`); // npm ends by the same signal
    assert.deepEqual(await untilGone(mark), []);
  } finally {
    for (const id of marked(mark)) process.kill(Number(id), "SIGKILL");
  }
});

test("ending npm alone ends the server too", TIMEOUT, async () => {
  const port = await freePort();
  const mark = randomUUID();
  const child = npmStart(port, mark);
  try {
    await untilAnswers(port, child);
    child.kill("SIGTERM");
    assert.deepEqual(await untilGone(mark), []);
  } finally {
    for (const id of marked(mark)) process.kill(Number(id), "SIGKILL");
  }
});

test("a taken port is named", { timeout: 180_000 }, async () => {
  const { server, port } = await holdPort();
  try {
    const child = npmStart(port, randomUUID());
    let said = "";
    child.stderr!.on("data", (data) => {
      said += data;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(said, new RegExp(`Port ${port} is taken`));
  } finally {
    server.close();
  }
});

test("Jupyter finds the kernel in the project before any other", TIMEOUT, () => {
  const list = ["-m", "jupyter_client.kernelspecapp", "list", "--json"];
  const done = spawnSync(requireJupyter().python, list, { env: jupyterEnvironment(), encoding: "utf8" });
  const { tslab } = JSON.parse(done.stdout).kernelspecs;
  assert.equal(tslab.resource_dir, join(root, "dist/jupyter/kernels/tslab"));
  assert.ok(tslab.spec.argv.includes(join(root, "node_modules/tslab/bin/tslab")));
});

/** What a script of ours does where Python comes without packages: they are hidden from it alone, by root alone. */
function withoutJupyter(t: TestContext, ...script: string[]) {
  const hidden = `/usr/lib/python3/dist-packages /usr/local/lib/python3* "${join(root, ".venv")}"`;
  const hide = `set -e; for folder in ${hidden}; do [ ! -d "$folder" ] || mount -t tmpfs none "$folder"; done`;
  const check = `${hide}; setpriv --reuid 65534 test -r "${join(root, "scripts/setup/start.mjs")}"`;
  if (spawnSync("unshare", ["-m", "sh", "-c", check], { cwd: root }).status !== 0) {
    t.skip("only root may hide folders, and only in a clone that others can read");
    return undefined;
  }
  const run = `${hide}; PATH="$1:/usr/bin:/bin"; shift; exec setpriv --reuid 65534 "$@"`;
  const args = ["-m", "sh", "-c", run, "sh", dirname(process.execPath), process.execPath, ...script];
  return spawnSync("unshare", args, { cwd: root, encoding: "utf8", timeout: 120_000 });
}

test("a machine without Jupyter is told how to get it", { timeout: 300_000 }, (t) => {
  const done = withoutJupyter(t, "scripts/setup/start.mjs", "--no-browser");
  if (!done) return;
  assert.equal(done.status, 1, done.stdout + done.stderr);
  assert.match(done.stderr, /Jupyter was not found[\s\S]*sudo apt install[\s\S]*pip install notebook/);
});

test("npm test says in the end what it skipped", { timeout: 300_000 }, (t) => {
  const done = withoutJupyter(t, "scripts/setup/test.mjs", "test", "--only", "notebooks");
  if (!done) return;
  assert.equal(done.status, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /Notebooks, quickly: skipped[\s\S]*without what needs Jupyter\.\n$/);
});

test("npm gets another cache where it cannot write its own", () => {
  const env: NodeJS.ProcessEnv = { npm_config_cache: "/dev/null/.npm" };
  ensureNpmCache(env);
  assert.ok(existsSync(env.npm_config_cache!), env.npm_config_cache);
  const chosen = env.npm_config_cache;
  ensureNpmCache(env); // which is there
  assert.equal(env.npm_config_cache, chosen);
});

test("a Node that cannot load the modules is told so", () => {
  for (const version of ["18.20.0", "20.18.3", "21.7.0", "22.11.0"]) {
    assert.match(
      nodeProblem(version)!,
      new RegExp(`Got Node ${version.replaceAll(".", "\\.")}, expected 20\\.19`),
    );
  }
  for (const version of ["20.19.0", "22.12.0", "24.0.0"]) assert.equal(nodeProblem(version), undefined);
});
