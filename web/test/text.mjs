// The view of a character model.
import assert from "node:assert/strict";
import { isOfThePage, open } from "./harness.mjs";

/** Opens the view: a small network on counting in words, unless told otherwise. */
function openText({ words = "text=numbers&hidden=64", ...rest } = {}) {
  return open({ hash: `#view=text&${words}`, ready: "#text-play:enabled", viewport: { width: 1280, height: 900 }, ...rest });
}

const newest = (tab) => tab.textContent("#text-sample-list li:first-child pre");
/** The background colors of the characters. */
const shades = (tab) => tab.$$eval("#text-passage span", (spans) => spans.map((span) => span.style.background));

export async function aTextIsLearnedBelowTheBigramModel() {
  const { tab, seen, number, until, shot, close } = await openText();
  await until(async () => (await number("text-n-validation")) > 0);
  const untrained = await number("text-n-validation");
  assert(untrained > (await number("text-n-bigram")) + 1, `untrained: ${untrained}`);
  const before = await newest(tab);
  await tab.click("#text-play");
  await until(async () => (await number("text-n-validation")) < (await number("text-n-bigram")) - 0.3, 60000);
  await until(async () => (await number("text-n-characters")) > 0);
  await tab.click("#text-play");
  assert.notEqual(await newest(tab), before);
  // Words that a network that was not trained does not write.
  assert.match(await newest(tab), /hundred|thirty|fifty|seven/);
  // Samples of early optimizer steps stay in the list.
  assert.match(await tab.textContent("#text-sample-list"), /step (0|50|200)validation/);
  await shot("text-numbers");
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.requests.filter((url) => !isOfThePage(url)), []);
  await close();
}

export async function aSampleFollowsTemperatureAndPromptAtOnce() {
  const { tab, seen, number, until, close } = await openText({ words: "text=shakespeare&hidden=32&temperature=1.5" });
  const hot = await newest(tab);
  await tab.focus("#text-temperature");
  await tab.keyboard.press("Home");
  await until(async () => (await newest(tab)) !== hot);
  assert.equal(await number("text-n-step"), 0);
  assert.match(await tab.textContent("#text-sample-list li:first-child"), /temperature 0.2/);
  await tab.fill("#text-prompt", "First Citizen:");
  await until(async () => (await newest(tab)).startsWith("First Citizen:"));
  await tab.fill("#text-prompt", "é");
  await until(async () => /Character 1 of the prompt is “é”/.test(await tab.textContent("#text-prompt-error")));
  await tab.fill("#text-prompt", "Menenius & I");
  await until(async () => (await tab.textContent("#text-prompt-error")) !== "");
  assert.match(await tab.evaluate(() => location.hash), /temperature=0.2&unit=1&prompt=Menenius%20%26%20I$/);
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function sameAddressSameSamples() {
  const samples = [];
  for (let run = 0; run < 2; run++) {
    const { tab, number, until, close } = await openText({ words: "text=shakespeare&hidden=32&seed=3&prompt=All%3A" });
    for (let i = 1; i <= 5; i++) {
      await tab.click("#text-step");
      await until(async () => (await number("text-n-step")) === i);
    }
    await until(async () => /step 5/.test(await tab.textContent("#text-sample-list")));
    samples.push([await tab.textContent("#text-sample-list"), await tab.textContent("#text-n-loss"), await shades(tab)]);
    await close();
  }
  assert.deepEqual(samples[0], samples[1]);
}

export async function theHiddenStateOfAUnitColorsTheText() {
  const { tab, seen, number, until, shot, close } = await openText({ words: "text=shakespeare&hidden=16&layers=2", colorScheme: "dark" });
  await tab.click("#text-play");
  await until(async () => (await number("text-n-step")) > 200);
  await tab.click("#text-play");
  await until(async () => new Set(await shades(tab)).size > 50);
  const first = await shades(tab);
  await tab.focus("#text-unit");
  await tab.keyboard.press("ArrowRight");
  assert.equal(await tab.textContent('output[for="text-unit"]'), "layer 1, unit 2");
  assert.notDeepEqual(await shades(tab), first);
  await tab.keyboard.press("End");
  assert.equal(await tab.textContent('output[for="text-unit"]'), "layer 2, unit 16");
  await tab.selectOption("#text-property", "space");
  await tab.click("#text-find");
  await until(async () => /correlation −?0\.[3-9]\d at optimizer step/.test(await tab.textContent("#text-found")));
  const found = (await tab.textContent("#text-found")).split(":")[0];
  assert.equal(await tab.textContent('output[for="text-unit"]'), found);
  await tab.hover("#text-passage span:nth-child(30)");
  assert.match(await tab.textContent("#text-at"), /character 30 of 400: h = −?[01]\.\d\d\. Next character: .* with a probability of/);
  await tab.focus("#text-passage");
  await tab.keyboard.press("ArrowRight");
  assert.match(await tab.textContent("#text-at"), /character 31 of 400/);
  const shares = await tab.$$eval("#text-likely li span:nth-child(2)", (cells) => cells.map((cell) => parseFloat(cell.textContent.replace(/^</, ""))));
  assert.equal(shares.length, 5);
  assert(shares.every((share, i) => i === 0 || share <= shares[i - 1]), shares.join());
  await shot("text-dark");
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function anOwnTextIsLearnedAndATooShortOneIsRefused() {
  const { tab, seen, number, until, shot, close } = await openText();
  await tab.selectOption("#text-text", "own");
  await tab.waitForSelector("#text-banner:visible");
  assert.match(await tab.textContent("#text-banner"), /has 0 characters. At least 285 are needed/);
  assert(await tab.isDisabled("#text-play"));
  await shot("text-refused");
  await tab.fill("#text-paste", "añ漢🦀 ".repeat(100));
  await tab.waitForSelector("#text-play:enabled");
  assert(await tab.isHidden("#text-banner"));
  assert.match(await tab.textContent("#text-corpus"), /500 characters, 5 different ones. The last 50 .* uncertain/);
  await tab.click("#text-play");
  await until(async () => (await number("text-n-validation")) < 0.2, 60000);
  await tab.click("#text-play");
  assert.match(await newest(tab), /añ漢🦀 añ漢🦀/);
  await tab.setInputFiles("#text-file", { name: "short.txt", mimeType: "text/plain", buffer: Buffer.from("ab".repeat(50)) });
  await tab.waitForSelector("#text-banner:visible");
  assert.match(await tab.textContent("#text-banner"), /has 100 characters/);
  await tab.setInputFiles("#text-file", { name: "image.png", mimeType: "image/png", buffer: Buffer.from([0xff, 0xd8, 0xfe]) });
  await until(async () => /not a text in UTF-8/.test(await tab.textContent("#text-banner")));
  await tab.selectOption("#text-text", "numbers");
  await tab.waitForSelector("#text-play:enabled");
  assert(await tab.isHidden("#text-banner"));
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function aLearningRateThatDivergesIsRewound() {
  const { tab, seen, number, until, shot, close } = await openText();
  await tab.click("#text-play");
  await until(async () => (await number("text-n-step")) > 210, 60000);
  await tab.focus("#text-rate");
  await tab.keyboard.press("End");
  await tab.waitForSelector("#text-banner:visible");
  await shot("text-diverged");
  await tab.click("#text-banner button");
  await until(async () => (await number("text-n-validation")) < (await number("text-n-bigram")), 60000);
  assert(await tab.isHidden("#text-banner"));
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function theViewFitsASmallScreenAndIsFoundAgain() {
  const { tab, seen, number, until, shot, close } = await openText({ viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 });
  await tab.click("#text-play");
  await until(async () => (await number("text-n-step")) > 100, 60000);
  // Another view is shown: training pauses, and continues where it was.
  await tab.click('#views a[data-view="network"]');
  await tab.waitForSelector("#play:enabled");
  const left = await number("text-n-step");
  await tab.waitForTimeout(500);
  assert.doesNotMatch(await tab.evaluate(() => location.hash), /view=text/);
  assert((await number("text-n-step")) - left < 50);
  await tab.click('#views a[data-view="text"]');
  assert.match(await tab.evaluate(() => location.hash), /view=text/);
  await until(async () => (await number("text-n-step")) > left + 20, 60000);
  await tab.click("#text-play");
  await tab.evaluate(() => window.scrollTo(0, 0));
  await shot("text-small");
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert(wide <= 360, `${wide} pixels wide`);
  assert.deepEqual(seen.errors, []);
  await close();
}
