// A training of the program, watched on the page that the program serves.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open, violations } from "./harness.mjs";
import { elman } from "./program.mjs";

const temperature = fileURLToPath(new URL("../../examples/data/global-temperature.csv", import.meta.url));

/** Starts the program, and waits for the address of its page. */
async function train(...options) {
  const folder = mkdtempSync(join(tmpdir(), "elman-watch-"));
  const child = spawn(elman(), ["train", temperature, "--watch", "--no-open", ...options], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const code = new Promise((done) => child.on("exit", done));
  let said = "";
  const address = await new Promise((found, failed) => {
    child.stderr.on("data", (data) => {
      said += data;
      const match = said.match(/^watch: (\S+)/m);
      if (match) found(match[1]);
    });
    child.on("exit", () => failed(new Error(`the program ended: ${said}`)));
  });
  const stop = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { address, code, stop, child };
}

const wide = { viewport: { width: 1280, height: 900 } };

export async function aTrainingIsWatchedToItsResult() {
  const { address, code, stop } = await train("--max-steps", "150000", "--patience", "150000");
  try {
    const { tab, seen, number, until, shot, close } = await open({ address, ready: "#w-panels:visible", ...wide });
    assert.match(await tab.textContent("#w-connection"), /^Connected/);
    assert.match(await tab.textContent("#w-facts"), /lstm, hidden size 32/);
    const curve = () => tab.$eval("#w-loss-canvas", (canvas) => canvas.toDataURL());
    const early = await curve();
    await until(async () => (await number("w-speed")) > 0);
    await shot("watch");
    await until(async () => (await curve()) !== early);
    await until(() => tab.isVisible("#w-end"), 120000);
    assert.equal(await code, 0);
    assert.match(await tab.textContent("#w-end-title"), /^Training is finished/);
    assert.match(await tab.textContent("#w-steps"), /^150,000 of 150,000 /);
    assert((await tab.textContent("#w-scores")).includes("seasonal_naive"));
    assert.match(await tab.textContent("#w-connection"), /keeps the result/);
    // The page asks its own program alone, and once.
    const asked = seen.requests.filter((url) => url.startsWith("http"));
    assert.deepEqual(asked, [address.replace(/#.*/, ""), new URL("/events", address).href].map(String));
    assert.deepEqual(seen.errors, []);
    await shot("watch-result");
    assert.deepEqual(await violations(tab), []);
    await tab.emulateMedia({ colorScheme: "dark" });
    await shot("watch-dark");
    await tab.setViewportSize({ width: 360, height: 780 });
    await tab.waitForTimeout(200);
    await shot("watch-small");
    assert.deepEqual(await violations(tab), []);
    assert((await tab.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    await close();
  } finally {
    stop();
  }
}

export async function aPageThatComesLateHasTheWholeCurveAndSeesTheInterruption() {
  const { address, code, stop, child } = await train("--max-steps", "100000");
  try {
    const first = await open({ address, ready: "#w-panels:visible" });
    await first.until(async () => (await first.number("w-training")) > 0);
    const { tab, seen, until, close } = await open({ address, ready: "#w-panels:visible", ...wide });
    const step = async ({ tab }) => Number((await tab.textContent("#w-steps")).split(" ")[0].replaceAll(",", ""));
    await until(async () => Math.abs((await step({ tab })) - (await step(first))) < 100 && (await step({ tab })) > 10);
    child.kill("SIGINT");
    for (const page of [first, { tab, until }]) {
      await page.until(() => page.tab.isVisible("#w-end"));
      assert.equal(await page.tab.textContent("#w-end-title"), "Training was interrupted");
    }
    assert.equal(await code, 130);
    assert.deepEqual([...seen.errors, ...first.seen.errors], []);
    await close();
    await first.close();
  } finally {
    stop();
  }
}

export async function aPageOfAFileSaysHowATrainingIsWatched() {
  const { tab, seen, close } = await open({ hash: "#view=watch", ready: "#w-help:visible" });
  assert.match(await tab.textContent("#w-connection"), /not served by a training/);
  assert(seen.requests.every((url) => !url.startsWith("http")), seen.requests.join());
  assert.deepEqual(seen.errors, []);
  await close();
}
