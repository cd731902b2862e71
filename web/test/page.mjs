// The page as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

export function thePageIsBelow300KilobytesGzipped() {
  const bytes = gzipSync(readFileSync(new URL("../../crates/elman-cli/src/commands/play/playground.html", import.meta.url)), { level: 9 }).length;
  console.log(`page: ${bytes} bytes gzipped`);
  assert(bytes < 300_000);
}
