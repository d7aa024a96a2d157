// Part of npm run docs: writes README's badges and links from `repository` in package.json. Without a repository there
// is nothing that they could lead to, so there are none.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "#scripts/setup/root.mjs";

const PLACE = /(<!-- npm run docs: links -->\n)[\s\S]*?(<!-- end -->)/;

/** What of package.json says where the project is: `repository` as npm takes it. */
interface Package {
  readonly repository?: string | { readonly url: string };
  readonly license: string;
  readonly engines: { readonly node: string };
}

const badge = (alt: string, image: string, to: string) => `[![${alt}](${image})](${to})`;
const shield = (label: string, message: string, colour: string) =>
  `https://img.shields.io/badge/${encodeURIComponent(label)}-${encodeURIComponent(message.replaceAll("-", "--"))}-${colour}`;

/** OWNER/NAME of a repository on GitHub. */
export function githubPath({ repository }: Pick<Package, "repository">): string | undefined {
  const url = typeof repository === "string" ? repository : repository?.url;
  return /(?:github\.com[/:]|^github:)([\w.-]+\/[\w-]+(?:\.[\w-]+)*?)(?:\.git)?$/.exec(url ?? "")?.[1];
}

/** Where GitHub publishes the page. */
export function pageOf(path: string): string {
  const [owner, name] = path.split("/");
  const host = `${owner.toLowerCase()}.github.io`;
  return name.toLowerCase() === host ? `https://${host}/` : `https://${host}/${name}/`;
}

/** Where mybinder.org opens a notebook. */
export function binderOf(path: string, notebook: string): string {
  return `https://mybinder.org/v2/gh/${path}/HEAD?urlpath=tree/notebooks/${notebook}`;
}

/** README's first links: the page, and badges of the licence, Node, and each notebook on Binder. Empty unless the repository is on GitHub. */
export function linksOf({ repository, license, engines }: Package): string {
  const path = githubPath({ repository });
  if (!path) return "";
  const notebooks = readdirSync(join(root, "notebooks")).filter((file) => file.endsWith(".ipynb"));
  const binder = notebooks.sort().map((file) => {
    return badge(
      `${file} on Binder`,
      shield("Binder", file.replace(".ipynb", ""), "579aca"),
      binderOf(path, file),
    );
  });
  return [
    `**[Touch it in your browser](${pageOf(path)})**\n`,
    badge(`Licence ${license}`, shield("licence", license, "2b8a3e"), "LICENSE"),
    badge(`Node ${engines.node}`, shield("node", engines.node, "2b8a3e"), "#start"),
    ...binder,
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** The README with its links written anew. */
export function withLinks(readme: string, about: Package): string {
  return readme.replace(PLACE, (_, start: string, end: string) => start + linksOf(about) + end);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (name: string) => readFileSync(join(root, name), "utf8");
  writeFileSync(join(root, "README.md"), withLinks(read("README.md"), JSON.parse(read("package.json"))));
}
