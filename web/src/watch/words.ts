// What the page says of a run: facts, numbers, result.
import { byId, short } from "../dom";
import type { About, End, Progress, Sample } from "./protocol";

const put = (id: string, text: string) => {
  const element = byId(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
};
const whole = (value: number) => Math.round(value).toLocaleString("en");
const number = (value: number | null) => short(value ?? NaN);

const CONNECTION = {
  none: "This page is not served by a training.",
  connecting: "Connecting …",
  connected: "Connected to the program",
  lost: "The connection is lost: the program has ended, or cannot be reached.",
  ended: "The program has ended; this page keeps the result.",
};

export function showConnection(state: keyof typeof CONNECTION): void {
  put("w-connection", CONNECTION[state]);
  byId("w-connection", HTMLElement).classList.toggle("on", state === "connected");
}

export function showAbout(about: About): void {
  put("w-subject", about.subject);
  put("w-loss-name", about.loss);
  put("w-baseline-legend", about.baseline.legend);
  put("w-baseline", about.baseline.name);
  byId("w-help", HTMLElement).hidden = true;
  byId("w-about", HTMLElement).hidden = false;
  byId("w-panels", HTMLElement).hidden = false;
  byId("w-validation-legend", HTMLElement).hidden = !about.has_validation;
  const facts = [["data", about.data], ...about.facts, ["file", about.file]];
  byId("w-facts", HTMLElement).replaceChildren(...facts.map(([name = "", value = ""]) => {
    const pair = document.createElement("div");
    pair.append(element("dt", name), element("dd", value));
    return pair;
  }));
  const shapes = about.shapes.map(([name, shape]) => element("li", `${name} ${shape}`));
  byId("w-shapes", HTMLElement).replaceChildren(...shapes);
}

export function showProgress(progress: Progress, about: About, end: End | null): void {
  const { step, steps } = progress;
  put("w-steps", `${whole(step)} of ${whole(steps)} optimizer steps`);
  byId("w-progress", HTMLProgressElement).value = steps > 0 ? step / steps : 0;
  put("w-speed", progress.steps_per_second === null ? "–" : whole(progress.steps_per_second));
  put("w-left", end === null ? duration(progress.seconds_left) : "–");
  put("w-training", number(progress.loss));
  put("w-naive", number(progress.naive));
  put("w-validation", about.has_validation ? number(progress.validation) : "–");
  put("w-best", about.has_validation && progress.best_step !== null ? whole(progress.best_step) : "–");
  put("w-grad", number(progress.grad_norm));
  put("w-rate", number(progress.rate));
  put("w-note", progress.note ?? "");
}

export function showSample({ step, text }: Sample): void {
  put("w-sample-step", `after ${whole(step)} optimizer steps`);
  put("w-sample-text", text);
  byId("w-sample", HTMLElement).hidden = false;
}

const TITLES: Record<End["state"], string> = {
  finished: "Training is finished",
  interrupted: "Training was interrupted",
  failed: "Training failed",
};

export function showEnd({ state, message, result }: End): void {
  put("w-end-title", TITLES[state] + (state === "finished" && result?.early ? " early" : ""));
  put("w-claim", result?.claim?.replace(/^note: /, "") ?? "");
  put("w-message", message ?? (result ? `The model is saved in ${result.file}.` : "A checkpoint is saved; the program has printed how to continue."));
  if (result?.chart) {
    put("w-chart-title", "Test set, predicted one step ahead");
    byId("w-input-legend", HTMLElement).hidden = true;
  }
  const scores = result?.scores ?? [];
  const table = byId("w-scores", HTMLTableElement);
  table.hidden = scores.length === 0;
  table.caption!.textContent = `Errors on the test set, the last ${whole(result?.test_steps ?? 0)} values`;
  table.tBodies[0]!.replaceChildren(...scores.map(({ name, mase, smape }) => {
    const row = document.createElement("tr");
    if (name === "elman") row.className = "own";
    row.append(element("td", name), element("td", number(mase)), element("td", number(smape)));
    return row;
  }));
  byId("w-end", HTMLElement).hidden = false;
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** A time in words: 40 s, 3 min, 2 h 10 min. */
function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return `${Math.ceil(seconds)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
