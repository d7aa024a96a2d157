// README's badges lead somewhere, or are not there.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { root } from "#scripts/setup/root.mjs";
import { linksOf, withLinks } from "../../scripts/links.js";

const notebooks = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
const about = { license: "MIT", engines: { node: ">=20" } };

test("there are no links without a repository, nor for one that Binder's address does not fit", () => {
  assert.equal(linksOf(about), "");
  assert.equal(linksOf({ ...about, repository: "https://example.org/someone/something.git" }), "");
});

test("each form in which npm takes a repository leads to the same place", () => {
  const forms = [
    "github:some-one/some.thing",
    "https://github.com/some-one/some.thing",
    { url: "git+https://github.com/some-one/some.thing.git" },
    { url: "git@github.com:some-one/some.thing.git" },
  ];
  for (const repository of forms) {
    const links = linksOf({ ...about, repository });
    assert.equal(
      links.match(/mybinder\.org\/v2\/gh\/some-one\/some\.thing\/HEAD\?/g)?.length,
      notebooks.length,
      links,
    );
    assert.match(links, /\(LICENSE\)/);
    assert.match(
      links,
      /^\*\*\[[^\]]+\]\(https:\/\/some-one\.github\.io\/some\.thing\/\)\*\*$/m,
      "the page comes first",
    );
  }
});

test("README's links are those of package.json", () => {
  const read = (name: string) => readFileSync(join(root, name), "utf8");
  const readme = read("README.md");
  assert.match(readme, /<!-- npm run docs: links -->/);
  assert.equal(withLinks(readme, JSON.parse(read("package.json"))), readme);
});
