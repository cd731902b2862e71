// Runs the browser tests: node test/run.mjs [--screenshots FOLDER] [FILE OR TEST…]
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeScreenshots } from "./harness.mjs";

const FILES = ["page", "network", "inside", "lessons", "text", "file", "model", "watch", "accessibility", "firefox"];
/** Files that run only if they are named. */
const ON_REQUEST = ["budget"];

const { values, positionals } = parseArgs({ options: { screenshots: { type: "string" } }, allowPositionals: true });
if (values.screenshots) {
  mkdirSync(values.screenshots, { recursive: true });
  writeScreenshots(values.screenshots);
}
const failed = [];
let count = 0;
for (const file of [...FILES, ...ON_REQUEST]) {
  for (const [name, test] of Object.entries(await import(`./${file}.mjs`))) {
    const isNamed = positionals.includes(file) || positionals.includes(name);
    if (!isNamed && (positionals.length > 0 || ON_REQUEST.includes(file))) continue;
    count += 1;
    try {
      await test();
      console.log(`ok ${file}: ${name}`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED ${file}: ${name}\n${error.stack}`);
    }
  }
}
if (count === 0) throw new Error(`no test is called ${positionals.join(" or ")}`);
if (failed.length > 0) {
  console.log(`${failed.length} of ${count} tests failed: ${failed.join(", ")}`);
  process.exit(1);
}
