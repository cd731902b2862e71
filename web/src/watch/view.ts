// A training of the program, which streams its events to this page.
import { onChange } from "../canvas";
import { byId } from "../dom";
import { LossCurve } from "../loss_chart";
import type { View } from "../view";
import { drawChart } from "./chart";
import type { About, Chart, End, Hello, Losses, Progress, Step } from "./protocol";
import { showAbout, showConnection, showEnd, showProgress, showSample } from "./words";

let source: EventSource | null = null;
let about: About | null = null;
let progress: Progress | null = null;
let chart: Chart | null = null;
let end: End | null = null;
let isDue = false;

const curve = new LossCurve();
const canvases = {
  loss: byId("w-loss-canvas", HTMLCanvasElement),
  chart: byId("w-chart-canvas", HTMLCanvasElement),
};

/** Takes everything that is known: of the first connection, or of one that was lost and is back. */
function hello(seen: Hello): void {
  about = seen.about;
  progress = seen.progress;
  chart = seen.chart;
  showAbout(about);
  takeLosses(seen.losses, seen.validation);
  showConnection("connected");
  if (seen.sample !== null) showSample(seen.sample);
  if (seen.end !== null) finish(seen.end);
}

function takeLosses(losses: Losses, validation: Losses): void {
  // Without a validation set, an evaluation is the mean of training losses.
  curve.set(losses, about!.has_validation ? validation : []);
}

/** Takes the result. The page keeps it: there is nothing to connect to any more. */
function finish(seen: End): void {
  end = seen;
  chart = end.result?.chart ?? chart;
  source?.close();
  showConnection("ended");
  showEnd(end);
}

function connect(): void {
  // A file has no program behind it.
  if (!location.protocol.startsWith("http")) return showConnection("none");
  showConnection("connecting");
  source = new EventSource("/events");
  on("hello", hello);
  on("step", (step: Step) => {
    progress = step.progress;
    takeLosses(step.losses, step.validation);
  });
  on("chart", (seen: Chart) => (chart = seen));
  on("sample", showSample);
  on("end", finish);
  source.onerror = () => showConnection(source!.readyState === EventSource.CLOSED ? "none" : "lost");
}

/** Calls `take` with the data of each event called `name`. */
function on<Data>(name: string, take: (data: Data) => void): void {
  source!.addEventListener(name, ({ data }) => {
    take(JSON.parse(data) as Data);
    drawSoon();
  });
}

/** Draws in the next frame of the screen. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (about === null || byId("view-watch", HTMLElement).hidden) return;
    if (progress !== null) showProgress(progress, about, end);
    curve.draw(canvases.loss, progress?.mean_naive ?? NaN, progress?.steps);
    // Text has no chart.
    byId("w-chart", HTMLElement).hidden = chart === null;
    if (chart !== null) drawChart(canvases.chart, chart);
  });
}

onChange(Object.values(canvases), drawSoon);

export const view: View = {
  show() {
    if (source === null) connect();
    drawSoon();
  },
  // The stream is kept open: the result of a training comes once.
  hide() {},
};
