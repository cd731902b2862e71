// The view of one network: controls, pictures and the worker that trains.
import { Banner } from "../banner";
import { onChange } from "../canvas";
import type { Entry } from "../catalog";
import { byId } from "../dom";
import { LossCurve } from "../loss_chart";
import type { Speed } from "../slices";
import { start } from "../thread";
import { setAddress, type View } from "../view";
import { Controls } from "./controls";
import { DrawPad } from "./draw_pad";
import { drawForecast } from "./forecast_chart";
import { drawHidden, valueAt } from "./heat_map";
import { showNumbers } from "./numbers";
import type { Settings, Snapshot, ToPage, ToWorker } from "./protocol";
import { fromAddress, lesson, toAddress } from "./settings";
import { showShapes } from "./shapes";

let settings: Settings = lesson();
let seen: Snapshot | null = null;
let isDue = false;
/** Whether training continues when the page is visible again. */
let goesOn = false;
let isPlaying = false;
/** The registries of the engine, once it has started. */
let catalog: Entry[] | null = null;
/** The address that the view was last asked for. */
let asked = new URLSearchParams();

const curve = new LossCurve([1e-3, 1]);
const canvases = {
  forecast: byId("forecast-canvas", HTMLCanvasElement),
  hidden: byId("hidden-canvas", HTMLCanvasElement),
  loss: byId("loss-canvas", HTMLCanvasElement),
};
const banner = new Banner("banner", 0.01, (rate) => {
  tell({ type: "rewind" });
  change({ ...settings, rate });
  play(true);
});
const worker = start("network", (message) => banner.say(message));
const tell = (message: ToWorker) => worker.postMessage(message);
const pad = new DrawPad(byId("pad", HTMLCanvasElement), settings.drawn, (drawn) => change({ ...settings, drawn }));
const controls = new Controls(change);

/** Takes new settings; a change of data or network starts anew. */
function change(next: Settings): void {
  const needsNew = (["data", "cell", "hidden", "layers", "seqLength", "seed"] as const).some(
    (key) => next[key] !== settings[key],
  );
  const isRedrawn = next.data === "drawn" && next.drawn.join() !== settings.drawn.join();
  settings = next;
  show();
  setAddress(toAddress(settings));
  if (needsNew || isRedrawn) create(isPlaying);
  else tell({ type: "live", rate: settings.rate, carry: settings.carry });
}

function show(): void {
  controls.show(settings);
  byId("drawing", HTMLElement).hidden = settings.data !== "drawn";
  pad.set(settings.drawn);
}

/** A new network with the same seed. */
function create(goesOn: boolean): void {
  curve.clear();
  banner.hide();
  tell({ type: "create", settings });
  play(goesOn);
}

function play(on: boolean): void {
  showPlaying(on);
  tell({ type: on ? "play" : "pause" });
}

function showPlaying(on: boolean): void {
  isPlaying = on;
  byId("play", HTMLButtonElement).textContent = on ? "Pause" : "Play";
}

function take(snapshot: Snapshot): void {
  seen = snapshot;
  curve.add(snapshot.step, snapshot.loss, snapshot.testError);
  if (snapshot.stop === "diverged") banner.diverged(settings.rate);
  if (snapshot.stop === "finished") banner.say("All 1,048,576 optimizer steps of a run are done. Reset starts anew.");
  if (snapshot.stop === "diverged" || snapshot.stop === "finished") showPlaying(false);
  drawSoon();
}

/** Draws in the next frame of the screen. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (seen === null) return;
    drawForecast(canvases.forecast, seen, settings.seqLength);
    drawHidden(canvases.hidden, seen);
    curve.draw(canvases.loss, seen.naiveError);
    showNumbers(seen, settings);
    showShapes(seen, settings);
    tell({ type: "drawn" });
  });
}

worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "snapshot") take(data);
  else if (data.type === "failed") {
    banner.say(`The engine stopped: ${data.message}. Reset starts anew.`);
    showPlaying(false);
  } else {
    catalog = data.catalog;
    controls.fill(catalog);
    read();
    for (const id of ["play", "step", "reset"]) byId(id, HTMLButtonElement).disabled = false;
  }
};

/** Takes the settings of the address. */
function read(): void {
  const knows = (family: string, name: string) =>
    catalog!.some((entry) => entry.family === family && entry.name === name);
  settings = fromAddress(asked, knows);
  show();
  create(false);
}

byId("play", HTMLButtonElement).addEventListener("click", () => play(!isPlaying));
byId("step", HTMLButtonElement).addEventListener("click", () => {
  play(false);
  tell({ type: "step" });
});
byId("reset", HTMLButtonElement).addEventListener("click", () => create(false));
byId("speed", HTMLSelectElement).addEventListener("change", (event) => {
  tell({ type: "speed", speed: (event.target as HTMLSelectElement).value as Speed });
});
canvases.hidden.addEventListener("pointermove", (event) => {
  if (seen !== null) byId("hidden-value", HTMLOutputElement).value = valueAt(canvases.hidden, seen, event.offsetX, event.offsetY) ?? "";
});
canvases.hidden.addEventListener("pointerleave", () => (byId("hidden-value", HTMLOutputElement).value = ""));
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));
onChange([...Object.values(canvases), byId("pad", HTMLCanvasElement)], () => {
  drawSoon();
  pad.draw();
});

/** Training pauses while nobody sees it. */
function rest(): void {
  goesOn = isPlaying;
  if (isPlaying) play(false);
}

function wake(): void {
  if (goesOn && !byId("view-network", HTMLElement).hidden) play(true);
}

export const view: View = {
  show(address) {
    const isNew = address.toString() !== asked.toString() && address.toString() !== written();
    asked = address;
    if (catalog !== null && isNew) read();
    else wake();
  },
  hide: rest,
};

/** The settings, as an address has them. */
function written(): string {
  const words = Object.entries(toAddress(settings)).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(words).toString();
}
