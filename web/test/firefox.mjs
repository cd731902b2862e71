// The page in Firefox; FIREFOX is another program than Debian's.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { page } from "./harness.mjs";

const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** Opens a view, presses its button, and waits until an element shows a number below `limit`. */
async function learns(hash, button, number, limit) {
  if (!existsSync(executablePath)) return console.log(`left out: there is no ${executablePath}`);
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  const tab = await browser.newPage();
  const errors = [];
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  await tab.goto(page + hash);
  await tab.waitForSelector(`${button}:enabled`);
  await tab.click(button);
  const isBelow = (id, limit) => Number(document.getElementById(id).textContent.replaceAll("−", "-")) < limit;
  await tab.waitForFunction(isBelow, { timeout: 60000 }, number, limit);
  assert.deepEqual(errors, []);
  await browser.close();
}

export const firefoxLearnsTheLesson = () => learns("", "#play", "n-test", 1e-3);

/** The bigram model has 1.68 bits per character. */
export const firefoxLearnsAText = () => learns("#view=text&text=numbers&hidden=64", "#text-play", "text-n-validation", 1.4);
