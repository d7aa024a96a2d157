// npm run pack: the package as it is published, as a tarball. It is put together in dist/package, whose package.json
// has no heavy dependency: what draws, TensorFlow.js and emoji are peers that are installed by who needs them.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { root } from "./root.mjs";
import { setup } from "./setup.mjs";

const PACKAGE = join(root, "dist/package");
/** The modules that are imported, by the name after the package's own; "index" is the package alone. */
const ENTRIES = { index: "node", core: "core", tensor: "tensor", notebook: "notebook" };
/** Packages that the library itself always needs. */
const DEPENDENCIES = [
  "@commander-js/extra-typings",
  "commander",
  "fast-png",
  "fastest-levenshtein",
  "fflate",
  "gif-encoder-2",
];
/** Packages that a part of it needs, and their versions. */
const PEERS = {
  "@fontsource/dejavu-sans": "5",
  "@iconify-json/noto": "1",
  "@napi-rs/canvas": "1",
  "@tensorflow/tfjs": "4",
  "@tensorflow/tfjs-backend-wasm": "4",
  "@tensorflow/tfjs-node": "4",
  jsdom: ">=29",
  "plotly.js": "3",
  webgpu: ">=0.6.2",
};
/** What of dist/ does not belong to it. */
const LEFT_OUT =
  /\.tsbuildinfo$|^lib\/page\/(app|draw|keep|site|stage|training)(\/|$)|^scripts\/page(\/|\.|$)|\/kernels(\/|$)|^scripts\/(gifs|zoo|notebooks|links|setup)(\/|\.|$)/;

/** @typedef {{ name: string, version: string, description: string, license: string, repository?: unknown,
 *   keywords?: string[], engines: object, dependencies: Record<string, string> }} Manifest */

/** @returns {Manifest} */
function manifest() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

/** The package.json of what is published. */
function published() {
  const { name, version, description, license, repository, keywords, engines, dependencies } = manifest();
  const entry = (/** @type {string} */ file) => ({ types: `./${file}.d.ts`, default: `./${file}.js` });
  const exported = Object.keys(ENTRIES).map((file) => [file === "index" ? "." : `./${file}`, entry(file)]);
  return {
    name,
    version,
    description,
    keywords,
    license,
    repository,
    type: "module",
    sideEffects: false,
    engines,
    main: "./index.js",
    types: "./index.d.ts",
    bin: { [name]: "scripts/bin.js" },
    exports: {
      ...Object.fromEntries(exported),
      "./models/*": "./models/*",
      "./package.json": "./package.json",
    },
    imports: { "#scripts/*": "./scripts/*" },
    dependencies: Object.fromEntries(DEPENDENCIES.map((one) => [one, dependencies[one]])),
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(Object.keys(PEERS).map((one) => [one, { optional: true }])),
  };
}

/** Copies a folder of dist/ without what is left out. */
function copyCompiled(/** @type {string} */ folder) {
  const dist = join(root, "dist");
  const belongs = (/** @type {string} */ path) => !LEFT_OUT.test(relative(dist, path).replaceAll("\\", "/"));
  cpSync(join(dist, folder), join(PACKAGE, folder), { recursive: true, filter: belongs });
}

/** Puts the package together in dist/package. */
export function stage() {
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(join(PACKAGE, "scripts/setup"), { recursive: true });
  for (const folder of ["lib", "scripts"]) copyCompiled(folder);
  cpSync(join(root, "scripts/setup/root.mjs"), join(PACKAGE, "scripts/setup/root.mjs"));
  for (const [file, module] of Object.entries(ENTRIES)) {
    const text = `export * from "./lib/${module}.js";\n`;
    for (const ending of ["js", "d.ts"]) writeFileSync(join(PACKAGE, `${file}.${ending}`), text);
  }
  mkdirSync(join(PACKAGE, "models"));
  const models = readdirSync(join(root, "models")).filter((file) => /^(?!my-).*\.safetensors$/.test(file));
  for (const file of models) cpSync(join(root, "models", file), join(PACKAGE, "models", file));
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(PACKAGE, file));
  }
  writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(published(), null, 2)}\n`);
}

if (process.argv[1]?.endsWith("pack.mjs")) {
  setup();
  stage();
  const to = resolve(process.argv[2] ?? root);
  const done = spawnSync("npm", ["pack", "--pack-destination", to, PACKAGE], { cwd: root, stdio: "inherit" });
  process.exitCode = done.status ?? 1;
}
