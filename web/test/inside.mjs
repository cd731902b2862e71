// The inside of the view of one network: states, gates, gradients, pinned runs, shapes, and the steps of an address.
import assert from "node:assert/strict";
import { open } from "./harness.mjs";

const wide = { viewport: { width: 1280, height: 900 } };
const picture = (tab, id) => tab.evaluate((id) => document.getElementById(id).toDataURL(), id);
const texts = (tab, selector) => tab.locator(selector).allTextContents();

/** Opens the page with a network that was trained `steps` optimizer steps. */
async function trained(steps, words = "", look = wide) {
  const opened = await open({ hash: `#step=${steps}${words}`, ...look });
  await opened.until(async () => (await opened.number("n-step")) === steps);
  return opened;
}

export async function everyStateAndGateHasAHeatMap() {
  const { tab, seen, until, shot, close } = await trained(300, "&cell=lstm&hidden=16&layers=2");
  const names = await texts(tab, "#quantity option");
  assert.deepEqual(names, [
    "hidden state h", "cell state c", "input gate i", "forget gate f", "candidate g", "output gate o",
  ]);
  // Each quantity of each layer has a picture of its own. One choice at a time: a picture that is late is not that of the next choice.
  const pictures = new Set([await picture(tab, "map-canvas")]);
  const choices = [
    ["#layer", "layer 2", "−1 to 1"], ["#quantity", "forget gate f", "0 to 1"], ["#layer", "layer 1", "0 to 1"],
    ["#quantity", "candidate g", "−1 to 1"], ["#layer", "layer 2", "−1 to 1"],
  ];
  for (const [select, label, scale] of choices) {
    await tab.selectOption(select, { label });
    let drawn = null;
    await until(async () => !pictures.has((drawn = await picture(tab, "map-canvas"))));
    pictures.add(drawn);
    await until(async () => (await tab.textContent("#map-scale")) === scale);
  }
  await tab.hover("#map-canvas", { position: { x: 300, y: 50 } });
  await until(async () => /^unit 6, time step −\d+: g = −?\d\.\d\d$/.test(await tab.textContent("#map-value")));
  const trace = await picture(tab, "trace-canvas");
  await tab.focus("#map-canvas");
  await tab.keyboard.press("ArrowDown");
  await until(async () => (await tab.textContent("#trace-title")) === "unit 2");
  assert.notEqual(await picture(tab, "trace-canvas"), trace);
  const before = await picture(tab, "map-canvas");
  await tab.check("#sorted");
  await until(async () => (await picture(tab, "map-canvas")) !== before);
  await shot("gates");
  await tab.selectOption("#cell", "rnn");
  await until(async () => (await texts(tab, "#quantity option")).length === 1);
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function gradientsFollowPointerAndArrowKeys() {
  const { tab, seen, until, shot, close } = await trained(600, "&inside=gradients");
  const text = () => tab.textContent("#influence-text");
  await until(async () => /at \+39 less than half as much/.test(await text()));
  await tab.hover("#forecast-canvas", { position: { x: 300, y: 80 } });
  await until(async () => /at −\d+ /.test(await text()));
  await tab.focus("#forecast-canvas");
  await tab.keyboard.press("End");
  await until(async () => /at \+59 /.test(await text()));
  await tab.keyboard.press("ArrowLeft");
  await until(async () => /at \+58 /.test(await text()));
  await until(async () => (await tab.getAttribute("#forecast-canvas", "aria-valuenow")) === "58");
  await shot("gradients");
  // Windows of 20 time steps: the prediction at +58 has inputs from +40 on.
  await tab.uncheck("#carry");
  await until(async () => /reset 18 time steps back/.test(await text()));
  assert.match(await tab.textContent("#window-text"), /Gradient norm of all weights: [\d.e−]+, not clipped/);
  await tab.selectOption("#cell", "lstm");
  for (let i = 0; i < 3; i++) await tab.press("#layers", "ArrowRight");
  for (let i = 0; i < 2; i++) await tab.press("#hidden", "ArrowRight");
  await until(async () => /too many to compute gradients/.test(await text()));
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function pinnedRunsStay() {
  const { tab, seen, until, number, shot, close } = await trained(400);
  await tab.click("#pin");
  assert.deepEqual(await texts(tab, "#pins li"), ["1: rnn H=32 T=20 rate 0.01×"]);
  const before = await picture(tab, "loss-canvas");
  await tab.selectOption("#data", "temperature");
  await tab.selectOption("#cell", "gru");
  await until(async () => (await number("n-step")) === 0);
  await tab.click("#play");
  await until(async () => (await number("n-step")) > 30);
  await tab.click("#play");
  await tab.click("#pin");
  assert.deepEqual(await texts(tab, "#pins li"), ["1: rnn H=32 T=20 rate 0.01×", "2: gru H=32 T=20 rate 0.01, temperature×"]);
  await tab.click("#pin");
  await tab.click("#pin");
  assert(await tab.isDisabled("#pin"), "four runs at most");
  await shot("pins");
  for (let left = 4; left > 0; left--) await tab.click("#pins li button");
  assert.deepEqual(await texts(tab, "#pins li"), []);
  assert.notEqual(await picture(tab, "loss-canvas"), before);
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function anAddressWithStepsGivesTheSameNetwork() {
  const numbers = [];
  for (let run = 0; run < 2; run++) {
    const { tab, until, close } = await trained(1234, "&data=noisy&seed=5");
    await until(async () => (await tab.textContent("#play")) === "Play");
    await tab.waitForTimeout(300);
    numbers.push(await texts(tab, "#numbers dd"), await picture(tab, "loss-canvas"));
    await close();
  }
  // All but the steps per second.
  assert.deepEqual(numbers[0].toSpliced(1, 1), numbers[2].toSpliced(1, 1));
  assert(numbers[1] === numbers[3], "the same curve");
}

export async function theCopiedLinkHasTheSteps() {
  const { tab, number, until, close } = await open({ ...wide, permissions: ["clipboard-read", "clipboard-write"] });
  await tab.click("#play");
  await until(async () => (await number("n-step")) > 50);
  assert.doesNotMatch(await tab.evaluate(() => location.hash), /step=/);
  await tab.click("#play");
  const step = await number("n-step");
  await until(async () => (await tab.evaluate(() => location.hash)).endsWith(`step=${await number("n-step")}`));
  await tab.click("#share");
  const copied = new URL(await tab.evaluate(() => location.href));
  assert.equal(new URLSearchParams(copied.hash.slice(1)).get("step"), String(await number("n-step")));
  assert(step > 50);
  // A rate that was changed on the way is in no address.
  await tab.press("#rate", "ArrowLeft");
  await tab.click("#step");
  await until(async () => (await number("n-step")) > step);
  await tab.click("#share");
  assert.doesNotMatch(await tab.evaluate(() => location.hash), /step=/);
  await close();
}

export async function aBoxOpensItsMatrices() {
  const { tab, seen, until, shot, close } = await trained(200, "&cell=gru&hidden=8");
  const box = (n) => tab.click(`#shape-list li:nth-child(${n}) button`);
  await box(2);
  await until(async () => (await texts(tab, "#parameter option")).length > 0);
  assert.deepEqual(await texts(tab, "#parameter option"), [
    "rnn.weight_ih_l0 [24, 1]", "rnn.weight_hh_l0 [24, 8]", "rnn.bias_ih_l0 [24]", "rnn.bias_hh_l0 [24]",
  ]);
  await until(async () => (await tab.textContent("#formula")).includes("z: W x + b ="));
  await tab.selectOption("#parameter", { index: 1 });
  await until(async () => (await tab.getAttribute("#matrix-canvas", "aria-label")) === "rnn.weight_hh_l0 as a heat map: 24 rows, 8 columns");
  await tab.hover("#matrix-canvas", { position: { x: 22, y: 5 } });
  await until(async () => /^row 1, column 1: −?[\d.e−]+$/.test(await tab.textContent("#matrix-value")));
  const before = await picture(tab, "matrix-canvas");
  await tab.click("#step");
  await until(async () => (await picture(tab, "matrix-canvas")) !== before);
  await shot("matrix");
  await box(4);
  await until(async () => /y = .+ · .+ \+ … \+ b = /.test(await tab.textContent("#formula")));
  await box(4);
  await until(() => tab.isHidden("#inspector"));
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function valuesThatAreNotStandardizedAreLearnedWorse() {
  const standard = await trained(500, "&data=sp500");
  const learned = await standard.number("n-loss");
  await standard.close();
  const { tab, number, seen, shot, close } = await trained(500, "&data=sp500&standardize=0");
  assert(!(await tab.isChecked("#standardize")));
  assert((await number("n-loss")) > 10 * learned, `${await number("n-loss")}, standardized ${learned}`);
  await shot("raw-values");
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function aScheduleLowersTheRate() {
  const { tab, close } = await trained(5001, "&schedule=step&optimizer=adamw&clip=0.5");
  await tab.click("#controls summary");
  assert.equal(await tab.inputValue("#optimizer"), "adamw");
  assert.equal(await tab.textContent("#rate-now"), "0.005");
  assert.match(await tab.textContent("#native"), /--optimizer adamw --schedule step --schedule-step 5000 --clip 0.5/);
  await close();
}

export async function thePointerMeansTheSameOnAVeryWideScreen() {
  const words = [];
  for (const viewport of [{ width: 1280, height: 900 }, { width: 3840, height: 2160 }]) {
    const { tab, until, close } = await trained(200, "", { viewport });
    const { x, y, width, height } = await tab.locator("#map-canvas").boundingBox();
    await tab.mouse.move(x + width / 2, y + height * 0.52);
    await until(async () => (await tab.textContent("#map-value")) !== "");
    words.push((await tab.textContent("#map-value")).split(":")[0]);
    assert(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await close();
  }
  assert.match(words[0], /^unit 17, time step −\d$/);
  assert.match(words[1], /^unit 17, time step −\d$/);
}
