// WCAG 2.2 AA, by axe-core, for each view in both themes and on a small screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { open } from "./harness.mjs";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What makes each view ready, by its address. */
const VIEWS = { "": "#play:enabled", "#view=text": "#text-play:enabled" };

async function violations(hash, ready, look) {
  const { tab, close } = await open({ hash, ready, ...look });
  // The page forbids scripts of others: axe is evaluated from outside.
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate((tags) => window.axe.run({ runOnly: tags }), RULES);
  await close();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${hash} ${id}: ${help}: ${node.html}`));
}

export async function noViewViolatesWcag() {
  const found = [];
  for (const [hash, ready] of Object.entries(VIEWS)) {
    found.push(...(await violations(hash, ready, { colorScheme: "light", viewport: { width: 1280, height: 900 } })));
    found.push(...(await violations(hash, ready, { colorScheme: "dark", viewport: { width: 360, height: 780 } })));
  }
  assert.deepEqual(found, []);
}
