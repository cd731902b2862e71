// The view of a character model: controls, samples, memory of a unit, and the worker that trains.
import { Banner } from "../banner";
import { onChange, surface } from "../canvas";
import type { Entry } from "../catalog";
import { byId } from "../dom";
import type { Speed } from "../slices";
import { start } from "../thread";
import { setAddress, type View } from "../view";
import { Controls, unitInWords } from "./controls";
import { LossChart } from "./loss_chart";
import { clearNumbers, showCorpus, showNumbers } from "./numbers";
import { OwnText } from "./own_text";
import { Passage } from "./passage";
import type { Corpus, Found, Reading, Settings, Snapshot, ToPage, ToWorker } from "./protocol";
import { Samples } from "./samples";
import { defaults, fromAddress, toAddress } from "./settings";

/** A learning rate that seldom diverges. */
const SAFE_RATE = 0.002;

let settings: Settings = defaults();
let corpus: Corpus | null = null;
let seen: Snapshot | null = null;
let reading: Reading | null = null;
/** The reading with the lowest validation loss. */
let lowest: Reading | null = null;
let isDue = false;
let isPlaying = false;
/** The number of the network: messages of earlier ones come too late. */
let run = 0;
/** The registries of the engine, once it has started. */
let catalog: Entry[] | null = null;
/** The address that the view was last asked for. */
let asked = new URLSearchParams();
/** The worker starts when the view is first shown. */
let worker: Worker | null = null;

const canvas = byId("text-loss-canvas", HTMLCanvasElement);
const buttons = ["play", "step", "reset"].map((id) => byId(`text-${id}`, HTMLButtonElement));
const chart = new LossChart();
const samples = new Samples(byId("text-sample-list", HTMLElement));
const passage = new Passage();
const banner = new Banner("text-banner", SAFE_RATE, (rate) => {
  tell({ type: "rewind" });
  change({ ...settings, rate });
  play(true);
});
// A text that is read after another was chosen starts no training.
const own = new OwnText(() => settings.text === "own" && create(isPlaying), (message) => banner.say(message));
const controls = new Controls(change);
const tell = (message: ToWorker) => worker?.postMessage(message);

/** Takes new settings; a change of text or network starts anew. */
function change(next: Settings): void {
  const last = settings;
  next.unit = Math.min(next.unit, next.layers * next.hidden);
  settings = next;
  show();
  setAddress(toAddress(settings));
  const isOther = (...keys: (keyof Settings)[]) => keys.some((key) => next[key] !== last[key]);
  if (isOther("text", "cell", "hidden", "layers", "seqLength", "batch", "seed")) return create(isPlaying);
  if (isOther("unit")) passage.show(settings.unit - 1);
  if (isOther("temperature", "prompt")) tell({ type: "sampling", temperature: next.temperature, prompt: next.prompt });
  if (isOther("rate", "carry")) tell({ type: "live", rate: next.rate, carry: next.carry });
  if (corpus !== null) showCorpus(corpus, settings);
}

function show(): void {
  controls.show(settings);
  byId("text-own", HTMLElement).hidden = settings.text !== "own";
}

/** A new network with the same seed. */
function create(continues: boolean): void {
  banner.hide();
  clear();
  tell({ type: "create", run: ++run, settings, own: settings.text === "own" ? own.value : "" });
  play(continues);
}

/** Nothing of an earlier network is shown. */
function clear(): void {
  [corpus, seen, reading, lowest] = [null, null, null, null];
  chart.clear();
  samples.clear();
  byId("text-found", HTMLOutputElement).value = "";
}

function play(on: boolean): void {
  showPlaying(on);
  tell({ type: on ? "play" : "pause" });
}

function showPlaying(on: boolean): void {
  isPlaying = on;
  buttons[0]!.textContent = on ? "Pause" : "Play";
}

function enable(on: boolean): void {
  for (const button of buttons) button.disabled = !on;
}

function take(message: ToPage): void {
  switch (message.type) {
    case "ready":
      catalog = message.catalog;
      controls.fill(catalog);
      return read();
    case "corpus":
      corpus = message;
      passage.set(corpus);
      passage.show(settings.unit - 1);
      showCorpus(corpus, settings);
      return enable(true);
    case "snapshot":
      return takeSnapshot(message);
    case "reading":
      reading = message;
      // After a return to an earlier step the lowest one is looked for anew.
      if (lowest === null || lowest.step > reading.step || reading.validation < lowest.validation) lowest = reading;
      chart.addValidation(message);
      passage.take(message);
      return drawSoon();
    case "sample":
      return samples.add(message);
    case "found":
      return found(message);
    case "prompt":
      byId("text-prompt-error", HTMLElement).textContent = message.message ?? "";
      return;
    case "refused":
      return refuse(message.message);
    case "failed":
      return refuse(`The engine stopped: ${message.message}. Reset starts anew.`);
  }
}

function takeSnapshot(snapshot: Snapshot): void {
  seen = snapshot;
  chart.add(snapshot);
  if (snapshot.stop === "diverged") banner.diverged(settings.rate);
  if (snapshot.stop === "finished") banner.say("All 1,048,576 optimizer steps of a run are done. Reset starts anew.");
  if (snapshot.stop === "diverged" || snapshot.stop === "finished") showPlaying(false);
  drawSoon();
}

/** Draws the unit that was found, and says how closely it follows the property. */
function found({ property, unit, correlation, step }: Found): void {
  const summary = catalog!.find(({ family, name }) => family === "property" && name === property)!.summary;
  const output = byId("text-found", HTMLOutputElement);
  if (!Number.isFinite(correlation)) output.value = `no unit: nothing varies in this passage (${summary})`;
  else {
    change({ ...settings, unit });
    const r = correlation.toFixed(2).replace("-", "−");
    output.value = `${unitInWords(unit, settings.hidden)}: correlation ${r} at optimizer step ${step.toLocaleString("en")}`;
  }
}

/** There is no network to train. */
function refuse(message: string): void {
  clear();
  passage.clear();
  clearNumbers();
  surface(canvas);
  banner.say(message);
  showPlaying(false);
  enable(false);
  byId("text-reset", HTMLButtonElement).disabled = false;
}

/** Draws in the next frame of the screen. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (seen === null || corpus === null) return;
    chart.draw(canvas, corpus);
    showNumbers(seen, reading, lowest, settings);
    tell({ type: "drawn" });
  });
}

/** Takes the settings of the address. */
function read(): void {
  const knows = (family: string, name: string) =>
    catalog!.some((entry) => entry.family === family && entry.name === name);
  settings = fromAddress(asked, knows);
  show();
  create(false);
}

buttons[0]!.addEventListener("click", () => play(!isPlaying));
buttons[1]!.addEventListener("click", () => {
  play(false);
  tell({ type: "step" });
});
buttons[2]!.addEventListener("click", () => create(false));
byId("text-find", HTMLButtonElement).addEventListener("click", () => {
  tell({ type: "find", property: byId("text-property", HTMLSelectElement).value });
});
byId("text-speed", HTMLSelectElement).addEventListener("change", (event) => {
  tell({ type: "speed", speed: (event.target as HTMLSelectElement).value as Speed });
});
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));
onChange([canvas], () => {
  drawSoon();
  passage.draw();
});

/** Training pauses while nobody sees it. */
function rest(): void {
  if (isPlaying) tell({ type: "sleep" });
}

function wake(): void {
  if (isPlaying && !byId("view-text", HTMLElement).hidden) tell({ type: "play" });
}

export const view: View = {
  show(address) {
    const isNew = address.toString() !== asked.toString() && address.toString() !== written();
    asked = address;
    if (worker === null) {
      worker = start("text", (message) => banner.say(message));
      worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
        if (data.run === run) take(data);
      };
    } else if (catalog !== null && isNew) read();
    else wake();
  },
  hide: rest,
};

/** The settings, as an address has them. */
function written(): string {
  const words = Object.entries(toAddress(settings)).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(words).toString();
}
