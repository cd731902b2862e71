// A browser with the page: PAGE is another address than that of the committed file, CHROMIUM another program than Debian's.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const page =
  process.env.PAGE ?? new URL("../../crates/elman-cli/src/commands/play/playground.html", import.meta.url).href;

/** Flags without which Chromium asks other hosts for updates. */
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const options = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args };

/** Where screenshots are written; nowhere if not set. */
let shots = null;

export function writeScreenshots(folder) {
  shots = folder;
}

/** Whether a request is for the file itself, or for the worker that is made of it. */
export function isOfThePage(url) {
  return url === page || url.startsWith(`${page}#`) || url.startsWith("blob:") || url.startsWith("data:");
}

/** The number that an element shows; NaN for a dash. */
async function number(tab, id) {
  const text = (await tab.textContent(`#${id}`)).replaceAll(",", "").replaceAll("−", "-");
  return text === "–" ? NaN : Number(text);
}

/** Waits until `holds`, and fails after `ms`. */
async function until(tab, holds, ms = 20000) {
  const end = Date.now() + ms;
  while (!(await holds())) {
    assert(Date.now() < end, `not within ${ms} ms: ${holds}`);
    await tab.waitForTimeout(50);
  }
}

/** Opens the page in a new browser, with the console errors and the requests that it makes. `address` is another page, and `ready` is
 * there when the view can be used. */
export async function open({ hash = "", address = page, ready = "#play:enabled", ...rest } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "elman-browser-"));
  const context = await chromium.launchPersistentContext(profile, { ...options, ...rest });
  const tab = context.pages()[0];
  const seen = { errors: [], requests: [] };
  tab.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  tab.on("pageerror", (error) => seen.errors.push(String(error)));
  tab.on("request", (request) => seen.requests.push(request.url()));
  await tab.goto(address + hash);
  await tab.waitForSelector(ready);
  return {
    tab,
    seen,
    number: (id) => number(tab, id),
    until: (holds, ms) => until(tab, holds, ms),
    shot: (name) => shots && tab.screenshot({ path: join(shots, `${name}.png`), fullPage: true }),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Violations of WCAG 2.2 AA in the page of a tab, by axe-core. */
export async function violations(tab) {
  // The page forbids scripts of others: axe is evaluated from outside.
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate((tags) => window.axe.run({ runOnly: tags }), RULES);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}
