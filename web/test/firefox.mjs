// The page in Firefox; FIREFOX is another program than Debian's.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { page } from "./harness.mjs";
import { serve } from "./serve.mjs";

const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** Runs `test` with a tab of the page at `address`, and checks that the page reports no error. */
async function inFirefox(address, test) {
  if (!existsSync(executablePath)) return console.log(`left out: there is no ${executablePath}`);
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  const tab = await browser.newPage();
  const errors = [];
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  await tab.goto(address);
  await test(tab);
  assert.deepEqual(errors, []);
  await browser.close();
}

/** Opens a view, presses its button, and waits until an element shows a number below `limit`. */
const learns = (hash, button, number, limit) => inFirefox(page + hash, async (tab) => {
  await tab.waitForSelector(`${button}:enabled`);
  await tab.click(button);
  const isBelow = (id, limit) => Number(document.getElementById(id).textContent.replaceAll("−", "-")) < limit;
  await tab.waitForFunction(isBelow, { timeout: 60000 }, number, limit);
});

export const firefoxLearnsTheLesson = () => learns("", "#play", "n-test", 1e-3);

/** The bigram model has 1.68 bits per character. */
export const firefoxLearnsAText = () => learns("#view=text&text=numbers&hidden=64", "#text-play", "text-n-validation", 1.4);

export async function firefoxForecastsAFile() {
  const server = await serve();
  await inFirefox(`${server.address}#view=file`, async (tab) => {
    await tab.click("#file-example");
    await tab.waitForSelector("#file-download:enabled", { timeout: 20000 });
    assert.match(await tab.$eval("#file-table tbody th", (cell) => cell.textContent), /2024/);
  });
  server.end();
}
