// Takes the pictures of the documents: node web/pictures.mjs
import { fileURLToPath } from "node:url";
import { open } from "./test/harness.mjs";

const docs = (path) => fileURLToPath(new URL(`../docs/${path}`, import.meta.url));
/** A GRU that has learned the sum of two sine waves. */
const LEARNED = "#data=sum&cell=gru&hidden=32&T=40&rate=0.01&schedule=step&seed=1&step=20000";

async function picture(path, hash, look, prepare = async () => {}) {
  const { tab, until, close } = await open({ hash, ready: ".view:not([hidden]) button:enabled", ...look });
  await prepare(tab, until);
  await tab.screenshot({ path: docs(path) });
  await close();
}

const trained = (steps) => (tab, until) => until(async () => (await tab.textContent("#n-step")) === steps, 120_000);

await picture("playground.png", LEARNED, { viewport: { width: 1280, height: 1240 } }, trained("20,000"));
await picture("book/src/images/playground-dark.png", `${LEARNED}&inside=gradients`,
  { colorScheme: "dark", viewport: { width: 1280, height: 1240 } }, trained("20,000"));
await picture("book/src/images/playground-small.png", LEARNED, { viewport: { width: 360, height: 780 } }, trained("20,000"));
await picture("book/src/images/playground-lesson.png", "#lesson=3", { viewport: { width: 1280, height: 900 } });
await picture("book/src/images/playground-text.png", "#view=text&text=numbers&hidden=64",
  { viewport: { width: 1280, height: 1000 } }, async (tab, until) => {
    await tab.click("#text-play");
    await until(async () => Number((await tab.textContent("#text-n-step")).replace(",", "")) > 1000, 120_000);
    await tab.click("#text-play");
  });
