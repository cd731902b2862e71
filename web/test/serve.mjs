// The page with the module that forecasts: as `elman play` serves it, and as `elman play --export` writes it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

const root = new URL("../../crates/", import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const page = () => read("elman-cli/src/commands/play/playground.html");
const module = () => read("elman-cli/src/commands/play/forecast.wasm.gz");
const weights = () => read("elman/src/models/pretrained/pretrained.safetensors");

const ROUTES = {
  "/": [page, { "Content-Type": "text/html; charset=utf-8" }],
  "/forecast.wasm": [module, { "Content-Type": "application/wasm", "Content-Encoding": "gzip" }],
  "/pretrained.safetensors": [weights, { "Content-Type": "application/octet-stream" }],
};

/** Serves the page on a free port, with another `module` if one is given; its address, and how the server ends. */
export async function serve(other) {
  const server = createServer((request, answer) => {
    const isOther = other && request.url === "/forecast.wasm";
    const [bytes, headers] = isOther ? [() => other, { "Content-Type": "application/wasm" }] : ROUTES[request.url] ?? [];
    answer.writeHead(bytes ? 200 : 404, headers);
    answer.end(bytes?.());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}/`, end: () => server.close() };
}

/** The page with module and weights inside. */
export function wholePage() {
  const parts = { "forecast-module": module(), pretrained: gzipSync(weights()) };
  return Object.entries(parts).reduce(
    (text, [id, bytes]) => text.replace(`id="${id}">`, () => `id="${id}">${bytes.toString("base64")}`), page().toString());
}
