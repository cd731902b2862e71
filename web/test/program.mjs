// The program of `cargo build --release`; ELMAN is another one.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export function elman() {
  const path = process.env.ELMAN ?? fileURLToPath(new URL("../../target/release/elman", import.meta.url));
  assert(existsSync(path), `there is no ${path}: run \`cargo build --release\`, or set ELMAN`);
  return path;
}
