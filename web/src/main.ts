// The page: controls, pictures and the worker that trains.
import { onChange } from "./canvas";
import { DrawPad } from "./draw_pad";
import { drawForecast } from "./forecast_chart";
import { drawHidden, valueAt } from "./heat_map";
import { LossCurve } from "./loss_chart";
import { Banner } from "./banner";
import { showNumbers } from "./numbers";
import type { Settings, Snapshot, Speed, ToPage, ToWorker } from "./protocol";
import { fromHash, lesson, toHash } from "./settings";
import { Controls } from "./controls";
import { showShapes } from "./shapes";
import { byId } from "./dom";

let settings: Settings = lesson();
let seen: Snapshot | null = null;
let isDue = false;
/** Whether training continues when the page is visible again. */
let goesOn = false;
let isPlaying = false;

const curve = new LossCurve();
const canvases = {
  forecast: byId("forecast-canvas", HTMLCanvasElement),
  hidden: byId("hidden-canvas", HTMLCanvasElement),
  loss: byId("loss-canvas", HTMLCanvasElement),
};
const text = (id: string) => byId(id, HTMLScriptElement).textContent ?? "";
const worker = new Worker(URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" })));
const tell = (message: ToWorker) => worker.postMessage(message);

const pad = new DrawPad(byId("pad", HTMLCanvasElement), settings.drawn, (drawn) => change({ ...settings, drawn }));
const banner = new Banner((rate) => {
  tell({ type: "rewind" });
  change({ ...settings, rate });
  play(true);
});
const controls = new Controls(change);
const status = byId("status", HTMLElement);
const share = byId("share", HTMLButtonElement);

/** Takes new settings; a change of data or network starts anew. */
function change(next: Settings): void {
  const needsNew = (["data", "cell", "hidden", "layers", "seqLength", "seed"] as const).some(
    (key) => next[key] !== settings[key],
  );
  const isRedrawn = next.data === "drawn" && next.drawn.join() !== settings.drawn.join();
  settings = next;
  show();
  history.replaceState(null, "", toHash(settings));
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
  curve.add(snapshot);
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
    const knows = (family: string, name: string) =>
      data.catalog.some((entry) => entry.family === family && entry.name === name);
    const read = () => {
      settings = fromHash(location.hash, knows);
      show();
      create(false);
    };
    controls.fill(data.catalog);
    window.addEventListener("hashchange", read);
    read();
    for (const id of ["play", "step", "reset"]) byId(id, HTMLButtonElement).disabled = false;
  }
};
worker.onerror = () => banner.say("The worker that trains could not start: this page needs WebAssembly with vectors.");

byId("play", HTMLButtonElement).addEventListener("click", () => play(!isPlaying));
byId("step", HTMLButtonElement).addEventListener("click", () => {
  play(false);
  tell({ type: "step" });
});
byId("reset", HTMLButtonElement).addEventListener("click", () => create(false));
byId("speed", HTMLSelectElement).addEventListener("change", (event) => {
  tell({ type: "speed", speed: (event.target as HTMLSelectElement).value as Speed });
});
share.addEventListener("click", async () => {
  history.replaceState(null, "", toHash(settings));
  try {
    await navigator.clipboard.writeText(location.href);
    share.textContent = "Copied";
    setTimeout(() => (share.textContent = "Copy link"), 2000);
    status.textContent = "The link with all settings is copied.";
  } catch {
    // Some browsers give a page of a file no clipboard.
    banner.say("Copy the link from the address bar: it has all settings.");
  }
});
canvases.hidden.addEventListener("pointermove", (event) => {
  if (seen !== null) byId("hidden-value", HTMLOutputElement).value = valueAt(canvases.hidden, seen, event.offsetX, event.offsetY) ?? "";
});
canvases.hidden.addEventListener("pointerleave", () => (byId("hidden-value", HTMLOutputElement).value = ""));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    goesOn = isPlaying;
    if (isPlaying) play(false);
  } else if (goesOn) play(true);
});
onChange([...Object.values(canvases), byId("pad", HTMLCanvasElement)], () => {
  drawSoon();
  pad.draw();
});

/** The engine, which is in the page as gzip in base64. */
async function unpacked(): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(text("engine")), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

unpacked().then(
  (engine) => tell({ type: "load", engine }),
  () => banner.say("This browser cannot unpack the engine: the page needs a browser of 2023 or later."),
);
