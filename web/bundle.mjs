// Puts engine, worker, script and style into one file, and packs the module that forecasts:
// node bundle.mjs ENGINE.wasm FORECAST.wasm
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

/** The views, and parts of them: folders of `web/src`. */
const VIEWS = ["network", "lessons", "text", "file", "watch"];

/** The files that the page is made of, in the order of their names. */
function sources() {
  const inFolder = (folder) =>
    readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(new URL(".", root).pathname, join(entry.parentPath, entry.name)));
  const paths = ["web/bundle.mjs", "web/build.sh", "web/package-lock.json", "web/tsconfig.json"];
  return [...paths, ...inFolder("web/src/"), ...inFolder("crates/elman-wasm/src/")].sort();
}

/** SHA-256 of the names and contents of all sources; a test of the repository computes the same. */
function hash() {
  const sum = createHash("sha256");
  for (const path of sources()) sum.update(`${path}\n${read(path)}`);
  return sum.digest("hex");
}

async function script(entry) {
  const built = await build({
    entryPoints: [new URL(`web/src/${entry}`, root).pathname],
    bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", write: false,
  });
  // A closing tag within a string would end the script.
  return built.outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
}

/** The elements of a view; it can contain those of another folder. */
function html(view) {
  return read(`web/src/${view}/view.html`).replace(/{{(\w+)}}/g, (_, part) => html(part));
}

const parts = {
  sources: hash(),
  style: ["style.css", ...VIEWS.map((view) => `${view}/style.css`)].map((name) => read(`web/src/${name}`)).join(""),
  ...Object.fromEntries(VIEWS.map((view) => [view, html(view)])),
  engine: gzipSync(readFileSync(process.argv[2]), { level: 9 }).toString("base64"),
  worker: await script("worker.ts"),
  page: await script("main.ts"),
};
const page = read("web/src/index.html").replace(/{{(\w+)}}/g, (_, name) => parts[name]);
const folder = new URL("crates/elman-cli/src/commands/play/", root);
writeFileSync(new URL("playground.html", folder), page);
const module = gzipSync(readFileSync(process.argv[3]), { level: 9 });
writeFileSync(new URL("forecast.wasm.gz", folder), module);
console.log(`${folder.pathname}: playground.html ${page.length} bytes, forecast.wasm.gz ${module.length} bytes`);
