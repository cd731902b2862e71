// Each lesson, done as its tasks say.
import assert from "node:assert/strict";
import { open } from "./harness.mjs";

const SIZES = { hidden: [1, 2, 4, 8, 16, 32, 64, 128], rate: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] };
SIZES.layers = [1, 2, 3, 4];
SIZES.seqLength = [2, 5, 10, 20, 30, 40, 60, 100];

/** A learner at a lesson. */
async function learner(number) {
  const page = await open({ hash: `#lesson=${number}`, viewport: { width: 1280, height: 1000 } });
  const { tab, until } = page;
  await tab.selectOption("#speed", "full");
  return {
    ...page,
    /** Moves a slider with the keyboard. */
    set: async (name, value) => {
      await tab.focus(`#${name}`);
      await tab.keyboard.press("Home");
      for (let i = 0; i < SIZES[name].indexOf(value); i++) await tab.keyboard.press("ArrowRight");
    },
    play: async () => (await tab.textContent("#play")) === "Play" && tab.click("#play"),
    pause: async () => (await tab.textContent("#play")) === "Pause" && tab.click("#play"),
    /** Waits for a number of done tasks. */
    done: (count) => until(async () => (await tab.locator("#lesson-tasks .is-done").count()) === count, 60_000),
  };
}

async function finish({ tab, seen, shot, close }, number) {
  await shot(`lesson-${number}`);
  assert.match(await tab.textContent("#lesson-done"), /All tasks/);
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function lesson1OneStepAhead() {
  const at = await learner(1);
  for (let i = 0; i < 5; i++) await at.tab.click("#step");
  await at.done(1);
  await at.play();
  await at.done(2);
  await finish(at, 1);
}

export async function lesson2TheHiddenState() {
  const at = await learner(2);
  await at.play();
  await at.done(1);
  await at.set("hidden", 2);
  await at.done(2);
  await finish(at, 2);
}

export async function lesson3CarryAndDetach() {
  const at = await learner(3);
  assert.equal(await at.tab.isChecked("#carry"), false);
  await at.play();
  await at.done(1);
  await at.tab.check("#carry");
  await at.done(2);
  await finish(at, 3);
}

export async function lesson4Dimensions() {
  const at = await learner(4);
  await at.set("hidden", 8);
  await at.set("layers", 2);
  await at.done(1);
  await at.set("layers", 1);
  await at.set("hidden", 16);
  await at.tab.selectOption("#cell", "lstm");
  await at.done(2);
  await at.set("seqLength", 60);
  await at.done(3);
  await finish(at, 4);
}

export async function lesson5TooSmallTooFast() {
  const at = await learner(5);
  await at.play();
  await at.done(1);
  await at.set("hidden", 16);
  await at.done(2);
  await at.set("rate", 10);
  await at.done(3);
  await at.tab.click("#rewind");
  await at.done(4);
  await finish(at, 5);
}

export async function lesson6VanishingGradients() {
  const at = await learner(6);
  await at.play();
  await at.done(1);
  await at.tab.click("#gradients-tab");
  await at.done(2);
  await at.tab.selectOption("#cell", "lstm");
  await at.done(3);
  await finish(at, 6);
}

export async function lesson7ManyStepsAhead() {
  const at = await learner(7);
  await at.tab.selectOption("#speed", "100");
  await at.play();
  await at.done(1);
  await at.tab.selectOption("#speed", "full");
  await at.set("rate", 0.001);
  await at.done(2);
  await finish(at, 7);
}

export async function lesson8RealData() {
  const at = await learner(8);
  await at.play();
  await at.done(2);
  await at.tab.selectOption("#data", "sp500");
  await at.done(3);
  await finish(at, 8);
}

export async function tasksStayDone() {
  const at = await learner(1);
  for (let i = 0; i < 5; i++) await at.tab.click("#step");
  await at.done(1);
  await at.tab.reload();
  await at.done(1);
  await at.tab.click("#lesson-restart");
  await at.done(0);
  await at.tab.click("#lesson-next");
  assert.match(await at.tab.textContent("#lesson-title"), /Lesson 2 of/);
  assert.match(await at.tab.evaluate(() => location.hash), /lesson=2/);
  await at.close();
}
