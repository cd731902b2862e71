// The page in Firefox; FIREFOX is another program than Debian's.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { page } from "./harness.mjs";

const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

export async function firefoxLearnsTheLesson() {
  if (!existsSync(executablePath)) return console.log(`left out: there is no ${executablePath}`);
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  const tab = await browser.newPage();
  const errors = [];
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  await tab.goto(page);
  await tab.waitForSelector("#play:enabled");
  await tab.click("#play");
  await tab.waitForFunction(
    () => Number(document.getElementById("n-test").textContent.replaceAll("−", "-")) < 1e-3, { timeout: 20000 });
  assert.deepEqual(errors, []);
  await browser.close();
}
