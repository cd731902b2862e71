// A network of the page as a model file: the program forecasts from it, and the page loads it again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "./harness.mjs";
import { elman } from "./program.mjs";
import { serve } from "./serve.mjs";

/** The mean squared error of a forecast of the sine wave after 300 values, in variances of these values. */
function error(forecast) {
  const sine = (t) => Math.sin((2 * Math.PI * t) / 40);
  const training = Array.from({ length: 300 }, (_, t) => sine(t));
  const mean = training.reduce((sum, y) => sum + y, 0) / 300;
  const variance = training.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 300;
  return forecast.reduce((sum, y, k) => sum + (y - sine(300 + k)) ** 2, 0) / forecast.length / variance;
}

const WAYS = "#data=sine&cell=gru&hidden=8&layers=2&T=20&rate=0.01&carry=1&seed=5&step=400";

export async function theProgramForecastsFromAModelFileAndThePageLoadsIt() {
  const server = await serve();
  const folder = mkdtempSync(join(tmpdir(), "elman-model-"));
  const { tab, seen, number, until, shot, close } = await open({ address: server.address, hash: WAYS });
  try {
    await until(async () => (await number("n-step")) === 400);
    const [future, parameters] = [await number("n-future"), await number("n-parameters")];
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.click("#model-save")]);
    assert.equal(download.suggestedFilename(), "sine.safetensors");
    const file = join(folder, "sine.safetensors");
    await download.saveAs(file);
    await shot("model-file");
    const printed = execFileSync(elman(), ["forecast", file, "--horizon", "60", "--quiet"], { encoding: "utf8" });
    const column = printed.split("\n")[0].split(",").indexOf("elman");
    const forecast = printed.trim().split("\n").slice(1).map((line) => Number(line.split(",")[column]));
    assert.equal(forecast.length, 60);
    // The page shows three digits.
    assert(Math.abs(error(forecast) / future - 1) < 6e-3, `${error(forecast)}, page ${future}`);

    await tab.selectOption("#cell", "rnn");
    await until(async () => (await number("n-parameters")) !== parameters);
    await tab.setInputFiles("#model-choose", file);
    await until(async () => (await tab.inputValue("#cell")) === "gru");
    await until(async () => (await number("n-parameters")) === parameters);
    assert.deepEqual([await number("n-step"), await number("n-future")], [400, future]);
    await tab.click("#step");
    await until(async () => (await number("n-step")) === 401);

    const other = join(folder, "other.safetensors");
    writeFileSync(other, "no model");
    await tab.setInputFiles("#model-choose", other);
    await until(async () => /the model file/.test(await tab.textContent("#model-note")));
    assert.equal(await number("n-step"), 401);
    assert.deepEqual(seen.errors, []);
  } finally {
    await close();
    server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function aPageWithoutTheModuleSaysWhereItIs() {
  const { tab, until, close } = await open();
  await tab.click("#model-save");
  await until(async () => /elman play --export/.test(await tab.textContent("#model-note")));
  await close();
}
