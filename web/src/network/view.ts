// The view of one network: controls, panels and the worker that trains.
import { Banner } from "../banner";
import { onChange } from "../canvas";
import type { Entry } from "../catalog";
import { byId } from "../dom";
import { Lessons } from "../lessons/lessons";
import { start } from "../thread";
import type { View } from "../view";
import { Controls } from "./controls";
import { DrawPad } from "./draw_pad";
import { ForecastChart } from "./forecast_chart";
import { GradientPanel } from "./gradient";
import { HeatMap } from "./heat_map";
import { Link } from "./link";
import { LossChart } from "./loss_chart";
import { ModelFile } from "./model_file";
import { numbers } from "./numbers";
import type { Panel } from "./panel";
import type { Description, Look, Settings, Snapshot, ToPage, ToWorker } from "./protocol";
import { fromAddress, lesson, rounded, stepsOf, toAddress } from "./settings";
import { Shapes } from "./shapes";
import { Tabs } from "./tabs";
import { Transport } from "./transport";

let settings: Settings = lesson();
let seen: Snapshot | null = null;
let description: Description | null = null;
let look: Look = { quantity: 0, layer: 0, unit: 0, back: null, parameter: null };
let isDue = false;
/** Whether the settings have no network. */
let isInvalid = false;
/** The number of the network: messages of earlier ones come too late. */
let run = 0;
/** The registries of the engine, once it has started. */
let catalog: Entry[] | null = null;
/** The address that the view was last asked for. */
let asked = new URLSearchParams();

const banner = new Banner("banner", 0.01, (rate) => {
  tell({ type: "rewind" });
  link.bend();
  change({ ...settings, rate });
  play(true);
});
const worker = start("network", (message) => banner.say(message));
const tell = (message: ToWorker) => worker.postMessage(message);
const pad = new DrawPad(byId("pad", HTMLCanvasElement), settings.drawn,
  (drawn) => change({ ...settings, drawn: rounded(drawn) }));
const controls = new Controls(change);
const modelFile = new ModelFile(() => settings, tell, () => run + 1);
const transport = new Transport({
  play,
  step() {
    transport.show(false);
    tell({ type: "step" });
  },
  reset: () => create(false),
  speed: (speed) => tell({ type: "speed", speed }),
});
const tabs = new Tabs(["states", "gradients"], () => {
  lookAt({ back: backOfTab() });
  link.write(transport.isPlaying ? 0 : (seen?.step ?? 0));
});
const lessons = new Lessons((begun) => {
  settings = { ...begun, drawn: rounded(begun.drawn) };
  show();
  create(false);
}, () => link.write(seen?.step ?? 0));
const link = new Link(() => ({
  ...toAddress(settings), ...(tabs.selected === "gradients" ? { inside: "gradients" } : {}), ...lessons.words(),
}));

const forecast = new ForecastChart((part) => look.back !== null && lookAt(part));
const heatMap = new HeatMap(lookAt, drawSoon);
const loss = new LossChart(() => settings, drawSoon);
const panels: Panel[] = [forecast, heatMap, new GradientPanel(), loss, new Shapes(lookAt, drawSoon), numbers];

/** The prediction whose gradients are seen; null if none are. */
function backOfTab(): number | null {
  return tabs.selected === "gradients" ? forecast.back : null;
}

/** Looks at another part of the inside of the network. */
function lookAt(part: Partial<Look>): void {
  look = { ...look, ...part };
  tell({ type: "look", look });
}

/** The settings that can change while the network trains; all others start anew. */
const LIVE: (keyof Settings)[] = ["rate", "carry"];

function change(next: Settings): void {
  const changed = (Object.keys(next) as (keyof Settings)[]).filter((key) => String(next[key]) !== String(settings[key]));
  settings = next;
  show();
  if (changed.some((key) => !LIVE.includes(key))) {
    create(transport.isPlaying);
    return;
  }
  if (changed.length > 0 && (transport.isPlaying || (seen?.step ?? 0) > 0)) link.bend();
  tell({ type: "live", rate: settings.rate, carry: settings.carry });
  link.write(0);
}

function show(): void {
  controls.show(settings);
  byId("drawing", HTMLElement).hidden = settings.data !== "drawn";
  pad.set(settings.drawn);
  forecast.unit = catalog?.find(({ family, name }) => family === "series" && name === settings.data)?.unit ?? "";
}

/** A new network with the same seed, trained `steps` optimizer steps at once. */
function create(continues: boolean, steps = 0): void {
  isInvalid = false;
  loss.clear();
  banner.hide();
  link.start();
  link.write(steps);
  tell({ type: "create", run: ++run, settings, steps });
  transport.show(steps > 0, steps);
  if (continues) play(true);
}

function play(on: boolean): void {
  if (isInvalid) return;
  transport.show(on);
  tell({ type: on ? "play" : "pause" });
}

function take(snapshot: Snapshot): void {
  seen = snapshot;
  loss.add(snapshot);
  lessons.check(snapshot, settings);
  transport.take(snapshot);
  if (snapshot.stop === "diverged") banner.diverged(settings.rate);
  if (snapshot.stop === "finished") banner.say(`All ${snapshot.step.toLocaleString("en")} optimizer steps of a run are done. Reset starts anew.`);
  if (snapshot.stop === "paused" && !transport.isPlaying) link.write(snapshot.step);
  drawSoon();
}

/** Draws in the next frame of the screen. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (seen === null || description === null) return;
    for (const panel of panels) panel.draw({ snapshot: seen, settings, description });
    tell({ type: "drawn" });
  });
}

worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
  // A network of a file is made when the worker has read it.
  run = Math.max(run, data.run);
  if (data.run === run || data.type === "saved" || data.type === "refused") answer(data);
};

function answer(data: ToPage): void {
  switch (data.type) {
    case "snapshot":
      return take(data);
    case "created":
      description = data.description;
      return lookAt(heatMap.fill(description, settings));
    case "opened":
      opened(data.settings);
      return modelFile.take(data);
    case "saved":
    case "refused":
      return modelFile.take(data);
    case "invalid":
      isInvalid = true;
      banner.say(`There is no such network: ${data.message}`);
      return transport.show(false);
    case "failed":
      banner.say(`The engine stopped: ${data.message}. Reset starts anew.`);
      return transport.show(false);
    case "ready":
      catalog = data.catalog;
      controls.fill(catalog);
      read();
      return transport.enable();
  }
}

/** Takes the settings of a network that the worker has made from a model file. */
function opened(read: Settings): void {
  settings = read;
  show();
  loss.clear();
  banner.hide();
  transport.show(false);
  link.bend();
  link.write(0);
}

/** Takes the settings of the address. */
function read(): void {
  const knows = (family: string, name: string) =>
    catalog!.some((entry) => entry.family === family && entry.name === name);
  settings = fromAddress(asked, knows, { ...lesson(), ...lessons.open(asked) });
  settings.drawn = rounded(settings.drawn);
  tabs.select(asked.get("inside") === "gradients" ? "gradients" : "states");
  look = { ...look, back: backOfTab() };
  show();
  create(false, stepsOf(asked));
}

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));
onChange([...panels.flatMap(({ canvases }) => canvases), byId("pad", HTMLCanvasElement)], () => {
  drawSoon();
  pad.draw();
});

/** Training pauses while nobody sees it. */
function rest(): void {
  if (transport.isPlaying) tell({ type: "sleep" });
}

function wake(): void {
  if (transport.isPlaying && !byId("view-network", HTMLElement).hidden) tell({ type: "play" });
}

export const view: View = {
  show(address) {
    const isNew = address.toString() !== asked.toString() && !link.isWritten(address);
    asked = address;
    if (catalog !== null && isNew) read();
    else wake();
  },
  address: () => link.address(seen?.step ?? 0),
  hide: rest,
};
