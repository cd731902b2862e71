// WCAG 2.2 AA, by axe-core, for each view in both themes and on a small screen.
import assert from "node:assert/strict";
import { open, violations } from "./harness.mjs";

/** What makes each view ready, by its address. */
const VIEWS = {
  "": "#play:enabled",
  "#inside=gradients&cell=lstm&layers=2": "#play:enabled",
  "#view=text": "#text-play:enabled",
  "#view=file": "#file-choose:visible",
  "#view=watch": "#w-help:visible",
};

async function inView(hash, ready, look) {
  const { tab, close } = await open({ hash, ready, ...look });
  const found = await violations(tab);
  await close();
  return found.map((violation) => `${hash} ${violation}`);
}

export async function noViewViolatesWcag() {
  const found = [];
  for (const [hash, ready] of Object.entries(VIEWS)) {
    found.push(...(await inView(hash, ready, { colorScheme: "light", viewport: { width: 1280, height: 900 } })));
    found.push(...(await inView(hash, ready, { colorScheme: "dark", viewport: { width: 360, height: 780 } })));
  }
  assert.deepEqual(found, []);
}
