// Budgets of time, which depend on the machine and its load: `npm run budget` checks them, `npm test` does not.
import assert from "node:assert/strict";
import { open } from "./harness.mjs";

export async function firstPaintIsWithinASecond() {
  const { tab, close } = await open();
  const paint = await tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  console.log(`first paint after ${paint.toFixed(0)} ms`);
  assert(paint < 1000);
  await close();
}

export async function theLessonIsLearnedInThreeSeconds() {
  const { tab, number, until, close } = await open();
  const start = Date.now();
  await tab.click("#play");
  await until(async () => (await number("n-test")) < 1e-3);
  const took = Date.now() - start;
  console.log(`test error below 1e-3 after ${took} ms and ${await number("n-step")} optimizer steps`);
  assert(took < 3000);
  await close();
}

/** Milliseconds between the frames of ten seconds, in ascending order. */
const frames = (tab) => tab.evaluate(() => new Promise((done) => {
  const times = [];
  const frame = (now) => {
    times.push(now);
    if (now - times[0] < 10_000) requestAnimationFrame(frame);
    else done(times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b));
  };
  requestAnimationFrame(frame);
}));

export async function framesStaySmoothAtFullSpeed() {
  const { tab, number, close } = await open({ viewport: { width: 1280, height: 900 } });
  await tab.selectOption("#speed", "full");
  await tab.click("#play");
  await tab.waitForTimeout(1000);
  const gaps = await frames(tab);
  const [median, longest] = [gaps[Math.floor(gaps.length / 2)], gaps.at(-1)];
  const speed = await number("n-speed");
  console.log(`${speed} steps/s, ${(1000 / median).toFixed(0)} frames/s (median), longest frame ${longest.toFixed(0)} ms`);
  assert(speed > 10_000, await tab.textContent("#banner p"));
  assert(1000 / median >= 58);
  assert(longest <= 50);
  await close();
}

export async function aTextIsLearnedWithinTenSecondsAtSixtyFrames() {
  const { tab, number, close } = await open({ hash: "#view=text", ready: "#text-play:enabled", viewport: { width: 1280, height: 900 } });
  await tab.click("#text-play");
  const gaps = await frames(tab);
  const [median, longest] = [gaps[Math.floor(gaps.length / 2)], gaps.at(-1)];
  const [speed, characters] = [await number("text-n-speed"), await number("text-n-characters")];
  const [lowest, bigram] = [await number("text-n-lowest"), await number("text-n-bigram")];
  console.log(`${speed} steps/s, ${characters} characters/s, ${(1000 / median).toFixed(0)} frames/s (median), longest frame ${longest.toFixed(0)} ms`);
  console.log(`after 10 s: step ${await number("text-n-step")}, lowest validation loss ${lowest} bits per character, bigram model ${bigram}`);
  assert(lowest < bigram - 0.3);
  assert(1000 / median >= 58);
  assert(longest <= 50);
  await close();
}

/** Milliseconds from a movement of a slider to a change of a number or a picture. */
const effect = (tab, slider, seen) => tab.evaluate(([slider, seen]) => new Promise((done) => {
  const [input, element] = [slider, seen].map((id) => document.getElementById(id));
  const state = () => (element instanceof HTMLCanvasElement ? element.toDataURL() : element.textContent);
  const before = state();
  const start = performance.now();
  input.value = String(Number(input.value) - 1);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => (state() === before ? requestAnimationFrame(look) : done(performance.now() - start));
  requestAnimationFrame(look);
}), [slider, seen]);

export async function aSliderIsSeenWithin100Milliseconds() {
  const { tab, close } = await open({ viewport: { width: 1280, height: 900 } });
  for (const [slider, seen] of [["hidden", "n-parameters"], ["hidden", "map-canvas"], ["seqLength", "forecast-canvas"]]) {
    await tab.waitForTimeout(500);
    const took = await effect(tab, slider, seen);
    console.log(`${slider} changes ${seen} after ${took.toFixed(0)} ms`);
    assert(took < 100);
  }
  await close();
}

export async function gradientsFollowThePointerWithin100Milliseconds() {
  const { tab, close } = await open({ hash: "#inside=gradients", viewport: { width: 1280, height: 900 } });
  const took = await tab.evaluate(() => new Promise((done) => {
    const [canvas, text] = ["forecast-canvas", "influence-text"].map((id) => document.getElementById(id));
    const before = text.textContent;
    const start = performance.now();
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    const look = () => (text.textContent === before ? requestAnimationFrame(look) : done(performance.now() - start));
    requestAnimationFrame(look);
  }));
  console.log(`gradients after ${took.toFixed(0)} ms`);
  assert(took < 100);
  await close();
}
