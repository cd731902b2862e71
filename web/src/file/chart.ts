// The last values of a series, its forecast, and the prediction intervals.
import { colors, polyline, surface, type Surface } from "../canvas";
import { rounded } from "./values";
import type { Series } from "./protocol";

const [RIGHT, TOP, BOTTOM] = [12, 8, 24];

/** Places of time steps and values in a canvas. */
interface Axes {
  left: number;
  x(t: number): number;
  y(value: number): number;
  ticks: number[];
}

export function drawSeries(canvas: HTMLCanvasElement, series: Series | null): void {
  const place = surface(canvas);
  if (series === null || series.values.length + series.forecast.length === 0) return;
  const axes = axesOf(place, series);
  drawAxes(place, axes, series);
  drawIntervals(place, axes, series);
  drawLines(place, axes, series);
}

/** The time step at a place of the canvas. */
export function stepAt(canvas: HTMLCanvasElement, series: Series, x: number): number {
  const { left } = axesOf({ pen: canvas.getContext("2d")!, width: canvas.clientWidth, height: canvas.clientHeight }, series);
  const len = series.values.length + series.forecast.length;
  const step = Math.round(((x - left) / (canvas.clientWidth - left - RIGHT)) * (len - 1));
  return Math.max(0, Math.min(len - 1, step));
}

function axesOf({ pen, width, height }: Surface, { values, forecast }: Series): Axes {
  const future = forecast.flatMap(({ value, bounds }) => [value, ...bounds.flat()]);
  const all = [...values, ...future].filter((value) => value !== null);
  let [low, high] = [Math.min(...all), Math.max(...all)];
  // Equal values are in the middle.
  const margin = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  [low, high] = [low - margin, high + margin];
  const ticks = niceTicks(low, high);
  const widest = Math.max(...ticks.map((tick) => pen.measureText(tickText(tick, ticks)).width));
  const left = Math.ceil(widest) + 12;
  const last = Math.max(1, values.length + forecast.length - 1);
  return {
    left,
    ticks,
    x: (t) => left + (t / last) * (width - left - RIGHT),
    // Halves: the difference of very large numbers is not finite.
    y: (value) => TOP + ((high / 2 - value / 2) / (high / 2 - low / 2)) * (height - TOP - BOTTOM),
  };
}

/** Round numbers between two values. */
function niceTicks(low: number, high: number): number[] {
  const wanted = high / 4 - low / 4;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(20, count)) }, (_, i) => (first + i) * step);
}

const tickText = (tick: number, [first = 0, second = 1]: number[]) => rounded(tick, Math.abs(second - first));

function drawAxes({ pen, width, height }: Surface, { left, x, y, ticks }: Axes, { values, dates, forecast }: Series): void {
  const color = colors();
  pen.fillStyle = color.shade;
  const edge = x(values.length - 1);
  pen.fillRect(edge, TOP, width - RIGHT - edge, height - TOP - BOTTOM);
  pen.lineWidth = 1;
  pen.strokeStyle = color.line;
  pen.fillStyle = color.quiet;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tick of ticks) {
    const at = Math.round(y(tick)) + 0.5;
    polyline(pen, [[left, at], [width - RIGHT, at]]);
    pen.fillText(tickText(tick, ticks), left - 8, at);
  }
  pen.textBaseline = "alphabetic";
  const labels = [...dates, ...forecast.map(({ ds }) => ds)];
  const taken: [number, number][] = [];
  // The ends and the last known value first; the others where there is room.
  const inside = [1, 2, 3, 4].map((part) => Math.round((part / 5) * (values.length - 1)));
  for (const t of [labels.length - 1, values.length - 1, 0, ...inside]) {
    const label = labels[t] ?? "";
    const wide = pen.measureText(label).width;
    const from = Math.max(left, Math.min(width - wide - 2, x(t) - wide / 2));
    if (t < 0 || taken.some(([start, end]) => from < end + 14 && from + wide > start - 14)) continue;
    taken.push([from, from + wide]);
    pen.textAlign = "left";
    pen.fillText(label, from, height - 6);
    polyline(pen, [[x(t), height - BOTTOM], [x(t), height - BOTTOM + 4]]);
  }
}

/** Each interval as an area from the last known value on, the widest one first. */
function drawIntervals({ pen }: Surface, { x, y }: Axes, { values, forecast }: Series): void {
  const from = lastKnown(values);
  pen.fillStyle = colors().prediction;
  pen.globalAlpha = 0.2;
  for (let level = (forecast[0]?.bounds.length ?? 0) - 1; level >= 0; level--) {
    const bounds = forecast.map(({ bounds }) => bounds[level]!);
    if (bounds.some(([lower, upper]) => lower === null || upper === null)) continue;
    pen.beginPath();
    if (from >= 0) pen.moveTo(x(from), y(values[from]!));
    bounds.forEach(([, upper], k) => pen.lineTo(x(values.length + k), y(upper!)));
    for (let k = bounds.length - 1; k >= 0; k--) pen.lineTo(x(values.length + k), y(bounds[k]![0]!));
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function drawLines({ pen }: Surface, { x, y }: Axes, { values, forecast }: Series): void {
  const color = colors();
  const known = values.map((value, t): [number, number] => [x(t), value === null ? NaN : y(value)]);
  pen.lineJoin = "round";
  pen.lineWidth = 1.5;
  pen.strokeStyle = color.input;
  polyline(pen, known);
  if (values.length <= 120) {
    pen.fillStyle = color.input;
    for (const [at, height] of known.filter(([, height]) => !Number.isNaN(height))) {
      pen.beginPath();
      pen.arc(at, height, 2, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  pen.lineWidth = 2.5;
  pen.strokeStyle = color.prediction;
  const future = forecast.map(({ value }, k): [number, number] => [x(values.length + k), y(value)]);
  const last = lastKnown(values);
  polyline(pen, last < 0 ? future : [known[last]!, ...future]);
}

/** The time step of the last known value; -1 if none is known. */
function lastKnown(values: Series["values"]): number {
  return values.reduce((last: number, value, t) => (value === null ? last : t), -1);
}
