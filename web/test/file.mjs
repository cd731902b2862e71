// The view of a file.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./harness.mjs";
import { MALFORMED } from "./malformed.mjs";
import { panics } from "./panics.mjs";
import { serve, wholePage } from "./serve.mjs";

const LOOK = { viewport: { width: 1280, height: 900 } };
const SENTENCE = /better than|worse than|about as good|too few|contradict|too short/;
const good = { name: "good.csv", mimeType: "text/csv", buffer: Buffer.from(monthly(36)) };

/** Values of so many months with a season. */
function monthly(count) {
  const row = (i) => `${2015 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")},${100 + i + ((i * 7) % 12) * 5}`;
  return `ds,y\n${Array.from({ length: count }, (_, i) => row(i)).join("\n")}\n`;
}

/** The view, from a server with all that it needs. */
async function view({ hash = "#view=file", module, ...rest } = {}) {
  const server = await serve(module);
  const opened = await open({ hash, address: server.address, ready: "#file-choose:visible", ...LOOK, ...rest });
  const { tab, close } = opened;
  return {
    ...opened,
    address: server.address,
    choose: (file) => tab.setInputFiles("#file-choose", file),
    forecast: () => tab.waitForSelector("#file-download:enabled"),
    /** A forecast, or an error. */
    answer: () => tab.waitForSelector("#file-download:enabled, #file-refused:not([hidden])"),
    close: async () => (await close(), server.end()),
  };
}

/** The rows of a CSV as numbers by their column. */
function columns(csv) {
  const [head, ...rows] = csv.trim().split("\n").map((line) => line.split(","));
  return { head, rows };
}

/** The content of the file that the page offers. */
async function downloaded(tab) {
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.click("#file-download")]);
  return { name: download.suggestedFilename(), csv: readFileSync(await download.path(), "utf8") };
}

export async function aFileIsForecastInThePageAlone() {
  const { tab, seen, address, shot, choose, forecast, close } = await view({ acceptDownloads: true });
  assert.deepEqual(seen.requests.filter((url) => url.startsWith("http")), [`${address}#view=file`].map((url) => url.split("#")[0]));
  const start = Date.now();
  await choose(good);
  await forecast();
  console.log(`first forecast, with module and weights: ${Date.now() - start} ms`);
  await tab.fill("#file-horizon", "6");
  await tab.waitForFunction(() => document.querySelectorAll("#file-table tbody tr").length === 6);
  const took = Number(await tab.getAttribute("#file-found", "data-milliseconds"));
  assert(took >= 0);
  console.log(`warm forecast: ${took} ms`);
  assert.match(await tab.textContent("#file-found"), /monthly, 2015-01 to 2017-12, 36 values/);
  assert.match(await tab.textContent("#file-sentence"), SENTENCE);
  assert.match(await tab.textContent("#file-program"), /elman forecast good.csv --horizon 6/);
  assert.match(await tab.evaluate(() => location.hash), /view=file&horizon=6/);
  const { name, csv } = await downloaded(tab);
  assert.equal(name, "good-forecast.csv");
  const { head, rows } = columns(csv);
  assert.equal(head.join(), "unique_id,ds,elman,elman-lo-80,elman-hi-80,elman-lo-95,elman-hi-95");
  assert.deepEqual(rows.map(([, ds]) => ds), ["2018-01", "2018-02", "2018-03", "2018-04", "2018-05", "2018-06"]);
  await shot("file");
  // The page, the module and the weights; the file goes nowhere.
  const requests = seen.requests.filter((url) => !url.startsWith("blob:") && !url.startsWith("data:")).map((url) => url.split("#")[0]);
  assert.deepEqual(requests.sort(), [address, `${address}forecast.wasm`, `${address}pretrained.safetensors`]);
  assert.deepEqual(seen.errors, []);
  await close();
}

/** The program's values are in `native/NAME-forecast.csv`; a test of elman-wasm compares them with the library on this machine. */
export async function theNumbersAreThoseOfTheProgram() {
  const { tab, choose, forecast, close } = await view({ hash: "#view=file&horizon=12", acceptDownloads: true });
  for (const name of ["months", "annual", "panel"]) {
    await choose(new URL(`native/${name}.csv`, import.meta.url).pathname);
    await forecast();
    const { csv } = await downloaded(tab);
    const [ours, native] = [columns(csv), columns(readFileSync(new URL(`native/${name}-forecast.csv`, import.meta.url), "utf8"))];
    assert.deepEqual(ours.head, native.head);
    assert.equal(ours.rows.length, native.rows.length);
    for (const [i, row] of native.rows.entries()) {
      assert.deepEqual(ours.rows[i].slice(0, 2), row.slice(0, 2));
      const size = Math.max(...row.slice(2).map((value) => Math.abs(Number(value))));
      for (let c = 2; c < row.length; c++) {
        // The network computes in 32 bits, whose sums have another order with vectors of another length.
        const difference = Math.abs(Number(ours.rows[i][c]) - Number(row[c]));
        assert(difference <= 1e-5 * size, `${name}, row ${i}, ${native.head[c]}: ${ours.rows[i][c]}, native ${row[c]}`);
      }
    }
  }
  await close();
}

export async function malformedFilesAreAnsweredAndTheNextFileIsForecast() {
  const { tab, seen, choose, forecast, answer, close } = await view();
  for (const [name, { content, isGood }] of Object.entries(MALFORMED)) {
    await choose({ name: "file.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
    await answer();
    const isRefused = await tab.isVisible("#file-refused");
    if (isGood !== undefined) assert.equal(!isRefused, isGood, `${name}: ${await tab.textContent("#file-refused")}`);
    if (isRefused) {
      const [message, help] = [await tab.textContent("#file-refused-message"), await tab.textContent("#file-refused-help")];
      if (process.env.VERBOSE) console.log(`${name}: ${message} | ${await tab.textContent("#file-refused-place")} | ${help}`);
      assert(message.length > 10 && help.length > 10, name);
      assert.doesNotMatch(message + help, /`--|panicked|error of the program/, name);
    }
    await choose(good);
    await forecast();
    assert(await tab.isHidden("#file-refused"), name);
    assert.match(await tab.textContent("#file-found"), /36 values/, name);
  }
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function cellsArePastedAndAnErrorProposesASetting() {
  const { tab, seen, shot, forecast, close } = await view({ colorScheme: "dark" });
  await tab.evaluate((text) => {
    const paste = document.getElementById("file-paste");
    paste.value = text;
    paste.dispatchEvent(new Event("input", { bubbles: true }));
  }, monthly(36).replaceAll(",", "\t").replace("2015-03", "2015-02"));
  await tab.waitForSelector("#file-refused:not([hidden])");
  await shot("file-refused");
  await tab.click("#file-refused-steps button >> nth=0");
  await forecast();
  assert(await tab.isHidden("#file-refused"));
  assert.match(await tab.textContent("#file-program"), /--duplicates mean/);
  await shot("file-dark");
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function theExampleIsForecastWithTheKeyboardOnASmallScreen() {
  const { tab, seen, shot, forecast, close } = await view({ hash: "#view=file&horizon=20", viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 });
  await tab.focus("#file-example");
  await tab.keyboard.press("Enter");
  await forecast();
  assert.equal(await tab.locator("#file-table tbody tr").count(), 20);
  assert.equal(await tab.textContent("#file-table tbody th >> nth=0"), "2024");
  await tab.focus("#file-scroll");
  await shot("file-small");
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert(wide <= 360, `${wide} pixels wide`);
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function oneOfSeveralSeriesIsShown() {
  const { tab, choose, forecast, close } = await view();
  const rows = ["north", "south", "east"].flatMap((id, n) =>
    Array.from({ length: 30 }, (_, i) => `${id},${2020 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")},${(n + 1) * 100 + i}`));
  await choose({ name: "shops.csv", mimeType: "text/csv", buffer: Buffer.from(`unique_id,ds,y\n${rows.join("\n")}\n`) });
  await forecast();
  assert.deepEqual(await tab.locator("#file-series option").allTextContents(), ["north", "south", "east"]);
  await tab.selectOption("#file-series", { label: "east" });
  await tab.waitForFunction(() => Number(document.querySelector("#file-table tbody td").textContent) > 300);
  await close();
}

export async function aPanicIsShownAndTheWorkerGoesOn() {
  const { tab, seen, choose, close } = await view({ module: panics("index out of bounds") });
  for (const name of ["one.csv", "two.csv"]) {
    await choose({ ...good, name });
    await tab.waitForSelector("#file-refused:not([hidden])");
    assert.match(await tab.textContent("#file-refused-message"), /error of the program: index out of bounds/, name);
  }
  assert.deepEqual(seen.errors, []);
  await close();
}

export async function aTooLargeFileIsRefused() {
  const { tab, close } = await view();
  await tab.evaluate(() => {
    const drop = new DataTransfer();
    drop.items.add(new File([new Uint8Array(51e6)], "large.csv"));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: drop, cancelable: true }));
  });
  await tab.waitForSelector("#file-refused:not([hidden])");
  assert.match(await tab.textContent("#file-refused"), /51 MB.*50 MB/);
  await close();
}

export async function theExportedPageForecastsWithoutARequest() {
  const folder = mkdtempSync(join(tmpdir(), "elman-page-"));
  const path = join(folder, "page.html");
  writeFileSync(path, wholePage());
  const address = pathToFileURL(path).href;
  const { tab, seen, close } = await open({ hash: "#view=file", address, ready: "#file-choose:visible" });
  await tab.click("#file-example");
  await tab.waitForSelector("#file-download:enabled");
  assert.match(await tab.textContent("#file-sentence"), SENTENCE);
  const others = seen.requests.filter((url) => !url.startsWith(address) && !url.startsWith("blob:") && !url.startsWith("data:"));
  assert.deepEqual(others, []);
  assert.deepEqual(seen.errors, []);
  await close();
  rmSync(folder, { recursive: true });
}

export async function aPageWithoutTheModuleSaysWhereItIs() {
  const { tab, seen, close } = await open({ hash: "#view=file", ready: "#file-choose:visible" });
  await tab.click("#file-example");
  await tab.waitForSelector("#file-refused:not([hidden])");
  assert.match(await tab.textContent("#file-refused-message"), /elman play/);
  assert.deepEqual(seen.errors, []);
  await close();
}
