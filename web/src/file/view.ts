// The view of a file: it is read and forecast in this page.
import { onChange, pointerOn } from "../canvas";
import { byId } from "../dom";
import { start } from "../thread";
import { setAddress, type View } from "../view";
import { drawSeries, stepAt } from "./chart";
import { example } from "./example";
import { parts } from "./module";
import { accept, clear, refuse, settings } from "./reader";
import { showFacts, showProgram, showSentence } from "./report";
import { inWords, showTable } from "./values";
import type { About, Report, Series, ToPage, ToWorker } from "./protocol";

/** The largest file that is read, in bytes. */
const MAX_BYTES = 50e6;
/** The longest time from a change of the horizon to its forecast, in milliseconds, so that digits can be typed. */
const PAUSE = 250;

let worker: Worker | null = null;
/** The file of the pretrained network once the worker has it, and the request that waits for it. */
let weights: Uint8Array | null = null;
let waiting: ToWorker | null = null;
let file: { name: string; bytes: Uint8Array } | null = null;
let about: About | null = null;
let report: Report | null = null;
let series: Series | null = null;
/** The number of the newest request: answers to older ones come too late. */
let run = 0;
/** The horizon that was asked for; 0 for the proposed one. */
let asked = 0;
let pause = 0;
/** Whether the file has not been shown yet. */
let isNew = false;

const section = byId("view-file", HTMLElement);
const canvas = byId("file-canvas", HTMLCanvasElement);
const horizon = byId("file-horizon", HTMLInputElement);
const menu = byId("file-series", HTMLSelectElement);
const download = byId("file-download", HTMLButtonElement);
const paste = byId("file-paste", HTMLTextAreaElement);
const chooser = byId("file-choose", HTMLInputElement);
const say = (text: string) => (byId("file-sentence", HTMLElement).textContent = text);

type Request = ToWorker extends infer R ? (R extends { run: number } ? Omit<R, "run"> : never) : never;

/** Sends a request; the first one loads the module. */
function tell(request: Request): void {
  // A table is asked for beside the forecast that is seen.
  if (request.type !== "table") run += 1;
  const message: ToWorker = { ...request, run };
  if (worker !== null && weights !== null) return worker.postMessage(message);
  waiting = message;
  worker ??= startWorker();
}

function startWorker(): Worker {
  const loaded = parts();
  const started = start("file", fail, loaded.then(({ module }) => module));
  started.onmessage = async ({ data }: MessageEvent<ToPage>) => {
    if (data.type !== "ready") return take(data);
    ({ weights } = await loaded);
    for (const message of [{ type: "weights", run: 0, bytes: weights }, waiting]) started.postMessage(message);
  };
  return started;
}

/** A worker that cannot start is started again with the next file. */
function fail(message: string): void {
  worker?.terminate();
  [worker, weights] = [null, null];
  end();
  refuse({ message, place: null, help: "reload the page, or choose the file again" }, () => {});
}

/** The number of the newest file: an earlier one may be read later. */
let newest = 0;

/** Reads a file, and forecasts it. */
async function open(given: File): Promise<void> {
  const number = ++newest;
  clear();
  accept();
  [file, isNew, download.disabled] = [null, true, true];
  if (given.size > MAX_BYTES) {
    const size = `${Math.round(given.size / 1e6).toLocaleString("en")} MB`;
    end();
    return refuse({
      message: `“${given.name}” has ${size}, and this page reads up to 50 MB`,
      place: null,
      help: "give a part of the file, or use the program, which reads files of any size: elman forecast FILE --horizon 12",
    }, () => {});
  }
  try {
    const bytes = new Uint8Array(await given.arrayBuffer());
    if (number !== newest) return;
    file = { name: given.name, bytes };
    read();
  } catch {
    end();
    refuse({ message: `“${given.name}” cannot be read`, place: null, help: "choose a file; a folder has no values" }, () => {});
  }
}

function read(): void {
  if (file === null) return;
  accept();
  clearTimeout(pause);
  // Nothing of an earlier file is left beside the new name.
  if (isNew) end();
  about = null;
  say("Reading …");
  download.disabled = true;
  tell({ type: "read", ...file, settings: settings() });
}

function forecast(): void {
  if (about === null) return read();
  accept();
  download.disabled = true;
  say("Forecasting …");
  tell({ type: "forecast", horizon: asked || about.horizon });
}

/** There is no forecast to show. */
function end(): void {
  [about, report, series] = [null, null, null];
  download.disabled = menu.disabled = true;
  menu.replaceChildren(new Option("none yet"));
  for (const id of ["file-found", "file-table", "file-facts", "file-notes", "file-program", "file-value"]) {
    byId(id, HTMLElement).replaceChildren();
  }
  say("No forecast.");
  drawSeries(canvas, null);
}

function take(message: Exclude<ToPage, { type: "ready" }>): void {
  if (message.run !== run && message.type !== "table") return;
  switch (message.type) {
    case "read":
      return taken(message.about);
    case "report":
      report = message.report;
      byId("file-found", HTMLElement).dataset.milliseconds = String(Math.round(message.milliseconds));
      return tell({ type: "series", index: Math.max(0, menu.selectedIndex) });
    case "series":
      return show(message.series);
    case "table":
      return save(message.csv);
    case "refused":
      end();
      return refuse(message.refusal, read);
    case "failed":
      end();
      refuse({ message: `the forecast stopped with an error of the program: ${message.message}`, place: null,
        help: "give another file; please report this one with the message to the authors of elman" }, () => {});
  }
}

/** Shows what was read, and forecasts it. */
function taken(read: About): void {
  about = read;
  byId("file-found", HTMLElement).textContent = `${file?.name}: ${read.found}`;
  menu.replaceChildren(...read.names.map((name) => new Option(name)));
  menu.disabled = read.names.length < 2;
  horizon.value = String(asked || read.horizon);
  forecast();
}

function show(seen: Series): void {
  if (about === null || report === null || file === null) return;
  series = seen;
  download.disabled = false;
  horizon.value = String(report.horizon);
  showSentence(report);
  showFacts(about, report);
  showProgram(file.name, settings(), about, report);
  showTable(seen, report.levels);
  drawSeries(canvas, seen);
  // On a small screen the forecast is below its settings.
  if (isNew) byId("file-forecast", HTMLElement).scrollIntoView({ block: "nearest" });
  isNew = false;
}

function save(csv: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv as BlobPart], { type: "text/csv" }));
  link.download = `${file!.name.replace(/(\.\w+)?(\.gz)?$/, "")}-forecast.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Cells that were pasted, as a file. */
function pasted(): void {
  if (paste.value.trim() !== "") void open(new File([paste.value], "pasted.tsv"));
}

horizon.addEventListener("input", () => {
  const isValid = horizon.validity.valid && horizon.value !== "";
  byId("file-horizon-error", HTMLElement).textContent = isValid ? "" : "A whole number from 1 to 1,000.";
  if (!isValid) return;
  asked = Number(horizon.value);
  setAddress({ view: "file", horizon: asked });
  clearTimeout(pause);
  pause = setTimeout(forecast, PAUSE);
});
menu.addEventListener("change", () => tell({ type: "series", index: menu.selectedIndex }));
download.addEventListener("click", () => tell({ type: "table" }));
chooser.addEventListener("change", () => {
  if (chooser.files?.[0]) void open(chooser.files[0]);
  // The same file can be chosen again after a change.
  chooser.value = "";
});
paste.addEventListener("input", pasted);
byId("file-example", HTMLButtonElement).addEventListener("click", () => void open(example()));
byId("file-reader", HTMLElement).addEventListener("change", read);
byId("file-settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
canvas.addEventListener("pointermove", (event) => {
  if (series === null || report === null) return;
  byId("file-value", HTMLOutputElement).value = inWords(series, stepAt(canvas, series, pointerOn(canvas, event).x), report.levels);
});
canvas.addEventListener("pointerleave", () => (byId("file-value", HTMLOutputElement).value = ""));
onChange([canvas], () => drawSeries(canvas, series));

// A file that is dropped beside its place is taken, too, and does not replace the page.
for (const type of ["dragover", "dragleave", "drop"]) {
  window.addEventListener(type, (event) => {
    if (section.hidden) return;
    event.preventDefault();
    section.classList.toggle("dropping", type === "dragover");
    const dropped = type === "drop" ? (event as DragEvent).dataTransfer : null;
    if (dropped?.files[0]) void open(dropped.files[0]);
    else if (dropped?.getData("text")) void open(new File([dropped.getData("text")], "dropped.tsv"));
  });
}

export const view: View = {
  show(address) {
    const wanted = Math.round(Number(address.get("horizon")));
    const next = wanted >= 1 ? Math.min(1000, wanted) : 0;
    if (next === asked) return;
    asked = next;
    horizon.value = asked === 0 ? "" : String(asked);
    forecast();
  },
  hide() {},
};
