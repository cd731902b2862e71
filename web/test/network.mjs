// The view of one network.
import assert from "node:assert/strict";
import { isOfThePage, open } from "./harness.mjs";

export async function theLessonIsLearned() {
  const { tab, seen, number, until, shot, close } = await open({ viewport: { width: 1280, height: 900 } });
  await until(async () => (await number("n-test")) > 0);
  const untrained = await number("n-test");
  assert(untrained > 0.3, `untrained: ${untrained}`);
  await shot("untrained");
  await tab.click("#play");
  await until(async () => (await number("n-test")) < 1e-3);
  assert((await number("n-test")) < (await number("n-naive")));
  await tab.click("#play");
  await shot("light");
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.requests.filter((url) => !isOfThePage(url)), []);
  await close();
}

export async function settingsAreInTheAddress() {
  const hash = "#data=sawtooth&cell=lstm&hidden=16&layers=2&T=10&rate=0.03&carry=0&seed=7";
  const { tab, seen, number, until, shot, close } = await open({ hash, colorScheme: "dark", viewport: { width: 1280, height: 900 } });
  assert.equal(await tab.inputValue("#cell"), "lstm");
  assert.equal(await tab.isChecked("#carry"), false);
  await until(async () => (await number("n-parameters")) > 0);
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

export async function sameAddressSameNumbers() {
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

export async function aLearningRateOfTenIsNoDeadEnd() {
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

export async function aPeriodIsDrawnOnASmallScreen() {
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

export async function trainingContinuesWhenTheViewIsShownAgain() {
  const { tab, seen, number, until, close } = await open({ hash: "#data=sum&cell=gru" });
  const view = (name) => tab.click(`#views a[data-view="${name}"]`);
  await tab.click("#play");
  await until(async () => (await number("n-step")) > 100);
  await view("text");
  await tab.waitForTimeout(300);
  const left = await number("n-step");
  await tab.waitForTimeout(500);
  assert.equal(await number("n-step"), left);
  await view("network");
  await until(async () => (await number("n-step")) > left);
  assert.equal(await tab.inputValue("#cell"), "gru");
  // A network that is paused at the moment of leaving is the same network later.
  await tab.evaluate(() => {
    for (const element of ["#play", '#views a[data-view="text"]']) document.querySelector(element).click();
  });
  await tab.waitForTimeout(300);
  await view("network");
  await tab.waitForTimeout(300);
  assert((await number("n-step")) >= left, "the network starts anew");
  await tab.click("#play");
  await until(async () => (await tab.textContent("#play")) === "Pause");
  // A network that was paused stays paused.
  await tab.click("#play");
  await tab.waitForTimeout(200);
  const paused = await number("n-step");
  assert(paused > left);
  await view("text");
  await view("network");
  await tab.goBack();
  await tab.goBack();
  await tab.waitForTimeout(300);
  assert.equal(await number("n-step"), paused);
  assert.equal(await tab.textContent("#play"), "Play");
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function aFlatPeriodHasNoNetworkAndAnotherSeriesHas() {
  const { tab, seen, number, until, close } = await open({ hash: `#data=drawn&drawn=${"80".repeat(40)}` });
  await tab.waitForSelector("#banner:visible");
  assert.match(await tab.textContent("#banner p"), /not all equal/);
  await tab.click("#play");
  await tab.waitForTimeout(300);
  assert.equal(await number("n-step"), 0);
  await tab.selectOption("#data", "sine");
  await until(async () => (await number("n-test")) > 0);
  assert(await tab.isHidden("#banner"));
  await tab.click("#step");
  await until(async () => (await number("n-step")) === 1);
  assert.deepEqual(seen.errors, []);
  await close();
}
