import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { readFileChecked, writeFileAtomic } from "../../lib/io/atomic.js";

const folder = mkdtempSync(join(tmpdir(), "nca-atomic-"));
after(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);
const NEW = Uint8Array.of(1, 2, 3);

async function refuses(done: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(done, (error: Error) => {
    assert(error instanceof FileError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^Cannot (read|write) [^\n]+$/);
    return true;
  });
}

const leftovers = () => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

test("writes a new file and replaces an old one", async () => {
  const path = inFolder("new");
  await writeFileAtomic(path, Uint8Array.of(9, 9, 9, 9, 9));
  await writeFileAtomic(path, NEW);
  assert.deepEqual(await readFileChecked(path, 3), NEW);
  assert.deepEqual(leftovers(), []);
});

test("a symbolic link stays a link", async () => {
  writeFileSync(inFolder("real"), "old");
  symlinkSync("real", inFolder("link"));
  await writeFileAtomic(inFolder("link"), NEW);
  assert(lstatSync(inFolder("link")).isSymbolicLink());
  assert.deepEqual(new Uint8Array(readFileSync(inFolder("real"))), NEW);
});

test("the old file's mode stays, whatever the umask", async () => {
  const path = inFolder("private");
  for (const mode of [0o600, 0o664, 0o755]) {
    writeFileSync(path, "old");
    chmodSync(path, mode);
    await writeFileAtomic(path, NEW);
    assert.equal(statSync(path).mode & 0o7777, mode);
  }
  await writeFileAtomic(inFolder("fresh"), NEW);
  assert.equal(statSync(inFolder("fresh")).mode & 0o7777, 0o666 & ~process.umask());
});

test("as root, the old file's owner stays", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root may give files away");
  const path = inFolder("another's");
  writeFileSync(path, "old");
  chownSync(path, 65534, 65533);
  chmodSync(path, 0o640);
  await writeFileAtomic(path, NEW);
  const { uid, gid, mode } = statSync(path);
  assert.deepEqual([uid, gid, mode & 0o7777], [65534, 65533, 0o640]);
});

test("says which folder is missing", async () => {
  const path = inFolder("a/b/c");
  await refuses(
    writeFileAtomic(path, NEW),
    new RegExp(`the folder ${inFolder("a")} does not exist, create it first`),
  );
  await refuses(readFileChecked(path, 9), new RegExp(`the folder ${inFolder("a")} does not exist`));
  writeFileSync(inFolder("plain"), "");
  await refuses(writeFileAtomic(inFolder("plain/c"), NEW), /plain is a file, expected a folder/);
  await refuses(readFileChecked(inFolder("missing"), 9), /there is no file .*missing/);
});

test("refuses a folder and a device", async () => {
  mkdirSync(inFolder("sub"));
  await refuses(writeFileAtomic(inFolder("sub"), NEW), /it is a folder/);
  await refuses(readFileChecked(inFolder("sub"), 9), /it is a folder/);
  await refuses(writeFileAtomic("/dev/null", NEW), /device/);
  await refuses(readFileChecked("/dev/zero", 9), /it is no file/);
});

test("refuses a file above the limit without reading it", async () => {
  writeFileSync(inFolder("four"), "1234");
  await refuses(readFileChecked(inFolder("four"), 3), /holds 4 bytes, expected at most 3/);
});

test("no permission is said so", async (t) => {
  if (process.getuid?.() === 0) return t.skip("root may write everywhere");
  writeFileSync(inFolder("kept"), "old", { mode: 0o400 });
  await refuses(writeFileAtomic(inFolder("kept"), NEW), /no permission/);
  writeFileSync(inFolder("secret"), "old", { mode: 0 });
  await refuses(readFileChecked(inFolder("secret"), 9), /no permission/);
});

test("what a killed writer left is removed, and nothing else", async () => {
  const path = inFolder("left");
  await writeFileAtomic(path, NEW);
  const [, prefix] = (await nameOfTemporary(path)).match(/^(\.nca-\w+-)/)!;
  const old = new Date(Date.now() - 120_000);
  const put = (name: string, age?: Date) => {
    writeFileSync(inFolder(name), "half");
    if (age) utimesSync(inFolder(name), age, age);
  };
  put(`${prefix}00000000.tmp`, old);
  put(`${prefix}11111111.tmp`); // of another writer, at work
  put(".nca-000000000000-22222222.tmp", old); // of another file
  await writeFileAtomic(path, NEW);
  assert.deepEqual(leftovers().sort(), [".nca-000000000000-22222222.tmp", `${prefix}11111111.tmp`].sort());
  for (const name of leftovers()) rmSync(inFolder(name));
});

/** What the temporary file of a place is called: seen while a large file is written. */
async function nameOfTemporary(path: string): Promise<string> {
  const written = writeFileAtomic(path, new Uint8Array(2 ** 26));
  let seen: string | undefined;
  while (!seen) {
    await new Promise((resolve) => setImmediate(resolve));
    [seen] = leftovers();
  }
  await written;
  return seen;
}

test("a write that fails halfway leaves the old file and nothing else", (t) => {
  const path = inFolder("half");
  writeFileSync(path, "old");
  const module = new URL("../../lib/io/atomic.js", import.meta.url).href;
  const code = `import { writeFileAtomic } from ${JSON.stringify(module)};
    await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(1e6)).then(
      () => console.log("written"), (error) => console.log(error.name + ": " + error.message));`;
  // A file-size limit of a few blocks stands for a full disk: the first part is written, the rest fails.
  const node = `exec "${process.execPath}" --input-type=module -e '${code}'`;
  const child = spawnSync("sh", ["-c", `trap '' XFSZ; ulimit -f 64 || exit 77; ${node}`], {
    encoding: "utf8",
  });
  if (child.status === 77) return t.skip("this system has no file-size limit");
  assert.equal(
    child.stdout,
    `FileError: Cannot write ${path}: the file would be larger than this system allows.\n`,
  );
  assert.equal(readFileSync(path, "utf8"), "old");
  assert.deepEqual(leftovers(), []);
});
