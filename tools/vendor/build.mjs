// Builds kg/serve/static/vendor from npm. Run by tools/vendor/build.sh; not needed to build or run kg.

import { build } from "esbuild";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../../kg/serve/static/vendor/");

/** Changes in what we bring along; each must be found, or the build fails. */
const PATCHES = [
  {
    // Completion asks a public service: ours comes from the store (static/sparql.js).
    file: /yasgui\.esm\.js$/,
    from: /let s = `\$\{r\}lov\.linkeddata\.es[^`]*`;/,
    to: 'return Promise.resolve([]); let s = "";',
  },
  {
    // Prefixes of half the world's vocabularies: ours are the store's (static/sparql.js).
    file: /yasgui\.esm\.js$/,
    from: /prefixes_default = \{[^{}]*\}/,
    to: "prefixes_default = {}",
  },
  {
    // One of them stays behind unused, and reads like a path.
    file: /yasgui\.esm\.js$/,
    from: /\bawol = "[^"]*"/,
    to: 'awol = ""',
  },
  {
    // A style sheet written by script is what the Content-Security-Policy forbids; sparql.css has these rules.
    file: /yasgui\.esm\.js$/,
    from: /var o = document\.createElement\("style"\);\s*o\.type = "text\/css", o\.gripid = r, o\.styleSheet \? o\.styleSheet\.cssText = n : o\.appendChild\(document\.createTextNode\(n\)\), e\.appendChild\(o\);/,
    to: "",
  },
];

const patching = {
  name: "patches",
  setup(builder) {
    builder.onLoad({ filter: /yasgui\.esm\.js$/ }, async ({ path }) => {
      let text = await readFile(path, "utf8");
      for (const patch of PATCHES.filter((p) => p.file.test(path))) {
        if (!patch.from.test(text)) throw new Error(`not found in ${path}: ${patch.from}`);
        text = text.replace(patch.from, () => patch.to);
      }
      return { contents: text, loader: "js" };
    });
  },
};

await mkdir(out, { recursive: true });
const packages = new Set();
for (const entry of ["graph", "yasgui"]) {
  const { metafile } = await build({
    entryPoints: [here(`./${entry}.js`)],
    outfile: `${out}${entry}.js`,
    bundle: true,
    format: "esm",
    minify: true,
    charset: "ascii",
    legalComments: "none",
    target: "es2022",
    metafile: true,
    plugins: [patching],
    logLevel: "warning",
  });
  for (const input of Object.keys(metafile.inputs)) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
}
await writeFile(`${out}yasgui.css`, await readFile(here("./node_modules/@zazuko/yasgui/build/yasgui.min.css")));

// --- licences: of what esbuild took in, and of what YASGUI's own bundle had taken in before ----------

const map = JSON.parse(await readFile(here("./node_modules/@zazuko/yasgui/build/yasgui.esm.js.map"), "utf8"));
for (const source of map.sources) {
  const found = [...source.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].pop();
  if (found) packages.add(found[1]);
}
for (const name of ["yasqe", "yasr", "yasgui-utils", "yasgui"]) packages.add(`@zazuko/${name}`);
const parts = [];
for (const name of [...packages].sort()) {
  const folder = here(`./node_modules/${name}/`);
  const about = JSON.parse(await readFile(`${folder}package.json`, "utf8"));
  const file = (await readdir(folder)).find((n) => /^(licen[cs]e|copying)/i.test(n));
  const author = typeof about.author === "object" ? about.author.name : about.author;
  const terms = file
    ? await readFile(folder + file, "utf8")
    : `${about.license}, as its package.json says${author ? `; by ${author}` : ""}.`;
  parts.push(`${name} ${about.version} (${about.license ?? "see below"})\n\n${terms.trim()}\n`);
}
const rule = `\n${"-".repeat(80)}\n\n`;
await writeFile(`${out}LICENSES.txt`, `What the scripts and styles in this folder are made of, and under which terms.\n${rule}${parts.join(rule)}`);
