// The page in Chromium: node test/browser.mjs [FOLDER FOR SCREENSHOTS]
// CHROMIUM names another program than /usr/bin/chromium, PAGE another address, such as that of `elman play`.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const page = process.env.PAGE ?? new URL("../../crates/elman-cli/src/commands/play/playground.html", import.meta.url).href;
const folder = process.argv[2];
const options = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
};

/** A browser with the page, its complaints and its requests. */
async function open({ hash = "", ...rest } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "elman-browser-"));
  const context = await chromium.launchPersistentContext(profile, { ...options, ...rest });
  const tab = context.pages()[0];
  const seen = { errors: [], requests: [] };
  tab.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  tab.on("pageerror", (error) => seen.errors.push(String(error)));
  tab.on("request", (request) => seen.requests.push(request.url()));
  await tab.goto(page + hash);
  await tab.waitForSelector("#play:enabled");
  const number = async (id) => {
    const text = (await tab.textContent(`#${id}`)).replaceAll(",", "").replaceAll("−", "-");
    return text === "–" ? NaN : Number(text);
  };
  const until = async (what, ms = 20000) => {
    const end = Date.now() + ms;
    while (!(await what())) {
      assert(Date.now() < end, `in ${ms} ms`);
      await tab.waitForTimeout(50);
    }
  };
  const shot = (name) => folder && tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { tab, seen, number, until, shot, close };
}

async function theLessonIsLearned() {
  const { tab, seen, number, until, shot, close } = await open({ viewport: { width: 1280, height: 900 } });
  const paint = await tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  console.log(`first paint after ${paint.toFixed(0)} ms`);
  assert(paint < 1000);
  const untrained = await number("n-test");
  assert(untrained > 0.3, `untrained: ${untrained}`);
  await shot("untrained");
  const start = Date.now();
  await tab.click("#play");
  await until(async () => (await number("n-test")) < 1e-3);
  console.log(`test error below 1e-3 after ${Date.now() - start} ms and ${await number("n-step")} optimizer steps`);
  assert((await number("n-test")) < (await number("n-naive")));
  await tab.selectOption("#speed", "full");
  await tab.waitForTimeout(2000);
  const frames = await tab.evaluate(() => new Promise((done) => {
    const times = [];
    const frame = (now) => (times.push(now) < 240 ? requestAnimationFrame(frame) : done(times));
    requestAnimationFrame(frame);
  }));
  const gaps = frames.slice(1).map((time, i) => time - frames[i]).sort((a, b) => a - b);
  const [median, longest] = [gaps[Math.floor(gaps.length / 2)], gaps.at(-1)];
  console.log(`${await number("n-speed")} steps/s at full speed; ${(1000 / median).toFixed(0)} frames/s (median), longest frame ${longest.toFixed(0)} ms`);
  assert((await number("n-speed")) > 2000);
  await tab.click("#play");
  await shot("light");
  assert.deepEqual(seen.errors, []);
  // The file itself, and the worker that is made of it.
  const isOwn = (url) => url === page || url.startsWith("blob:") || url.startsWith("data:");
  assert(seen.requests.every(isOwn), seen.requests.join());
  await close();
}

async function settingsAreInTheAddress() {
  const hash = "#data=sawtooth&cell=lstm&hidden=16&layers=2&T=10&rate=0.03&carry=0&seed=7";
  const { tab, seen, number, until, shot, close } = await open({ hash, colorScheme: "dark", viewport: { width: 1280, height: 900 } });
  assert.equal(await tab.inputValue("#cell"), "lstm");
  assert.equal(await tab.isChecked("#carry"), false);
  assert.equal(await number("n-parameters"), 4 * 16 * (1 + 16 + 2) + 4 * 16 * (16 + 16 + 2) + 17);
  await tab.click("#play");
  await until(async () => (await number("n-step")) > 2000);
  await shot("reset-state");
  await tab.check("#carry");
  await tab.focus("#hidden");
  await tab.keyboard.press("ArrowRight");
  await until(async () => (await number("n-parameters")) === 12961);
  await until(async () => (await number("n-step")) > 1000);
  await tab.click("#play");
  assert.match(await tab.evaluate(() => location.hash), /hidden=32&layers=2&T=10&rate=0.03&carry=1&seed=7/);
  await shot("dark");
  assert.deepEqual(seen.errors, []);
  await close();
}

async function sameAddressSameNumbers() {
  const losses = [];
  for (let run = 0; run < 2; run++) {
    const { tab, number, until, close } = await open({ hash: "#data=noisy&seed=3" });
    for (let i = 1; i <= 20; i++) {
      await tab.click("#step");
      await until(async () => (await number("n-step")) === i);
    }
    losses.push(await tab.textContent("#n-loss"));
    await close();
  }
  assert.equal(losses[0], losses[1]);
}

async function aLearningRateOfTenIsNoDeadEnd() {
  const { tab, seen, number, until, shot, close } = await open({ hash: "#rate=10", viewport: { width: 1280, height: 900 } });
  await tab.click("#play");
  await tab.waitForSelector("#banner:visible");
  await shot("diverged");
  // Training that stands still is not shown as playing.
  await tab.click("#play");
  await until(async () => (await tab.textContent("#play")) === "Play");
  await tab.click("#rewind");
  await until(async () => (await number("n-test")) < 0.01);
  assert(await tab.isHidden("#banner"));
  assert.deepEqual(seen.errors, []);
  await close();
}

async function aPeriodIsDrawnOnASmallScreen() {
  const { tab, seen, number, until, shot, close } = await open({ viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 });
  await tab.selectOption("#data", "drawn");
  const box = await tab.locator("#pad").boundingBox();
  await tab.mouse.move(box.x + 5, box.y + 60);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 8 });
  await tab.mouse.move(box.x + box.width - 5, box.y + 100, { steps: 8 });
  await tab.mouse.up();
  assert.match(await tab.evaluate(() => location.hash), /drawn=[0-9a-f]{80}/);
  await tab.click("#play");
  await until(async () => (await number("n-test")) < (await number("n-naive")));
  await tab.click("#play");
  await tab.evaluate(() => window.scrollTo(0, 0));
  await shot("small");
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert(wide <= 360, `${wide} pixels wide`);
  assert.deepEqual(seen.errors, []);
  await close();
}

async function everyControlHasAName() {
  const { tab, close } = await open();
  const nameless = await tab.evaluate(() =>
    [...document.querySelectorAll("button, input, select, canvas")]
      .filter((e) => !(e.labels?.length || e.getAttribute("aria-label") || e.textContent.trim()))
      .map((e) => e.id));
  assert.deepEqual(nameless, []);
  await close();
}

for (const test of [
  theLessonIsLearned, settingsAreInTheAddress, sameAddressSameNumbers, aLearningRateOfTenIsNoDeadEnd,
  aPeriodIsDrawnOnASmallScreen, everyControlHasAName,
]) {
  await test();
  console.log(`ok ${test.name}`);
}
