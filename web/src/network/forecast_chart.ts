// Inputs, predictions one step ahead, and the recursive forecast.
import { colors, pointerOn, polyline, surface, type Colors, type Surface } from "../canvas";
import { byId, decimals } from "../dom";
import type { LookAt, Panel, Seen } from "./panel";
import type { Snapshot } from "./protocol";
import { LEFT, RIGHT, SHOWN, named, timeAt, timeAxis, windowStarts, type TimeAxis } from "./time_axis";

const TOP = 8;
const BOTTOM = 20;

/** The place of a value of the network, and the range of the series. */
interface ValueAxis {
  y(value: number): number;
  low: number;
  high: number;
}

/** One prediction is marked; the pointer and the arrow keys move the mark. */
export class ForecastChart implements Panel {
  readonly canvases = [byId("forecast-canvas", HTMLCanvasElement)];
  private readonly canvas = this.canvases[0]!;
  /** The unit of the series. */
  unit = "";
  /** The time step of the marked prediction, counted back from the last one. */
  back = 20;
  private len = SHOWN;

  constructor(private readonly lookAt: LookAt) {
    this.canvas.addEventListener("pointermove", (event) => this.mark(timeAt(this.canvas, this.len, pointerOn(this.canvas, event).x)));
    this.canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -SHOWN, End: SHOWN }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.mark(this.t + by);
    });
  }

  private get t(): number {
    return this.len - 1 - this.back;
  }

  private mark(t: number): void {
    const back = Math.min(SHOWN - 1, Math.max(0, this.len - 1 - t));
    if (back === this.back) return;
    this.back = back;
    this.lookAt({ back });
  }

  draw({ snapshot, settings, description }: Seen): void {
    this.len = snapshot.values.length;
    const place = surface(this.canvas);
    const color = colors();
    const axis = timeAxis(place, this.len);
    const values = valueAxis(place, snapshot.values);
    drawWindows(place, color, axis, settings.seqLength);
    drawTicks(place, color, values, description.scale, this.unit);
    const { pen, width, height } = place;
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM);
    pen.clip();
    drawSeries(pen, color, axis, values, snapshot);
    if (snapshot.look.back !== null) drawMark(place, color, axis.x(this.t), values.y(snapshot.predictions[this.t - 1]!));
    pen.restore();
    this.describe(snapshot);
  }

  private describe({ predictions, values }: Snapshot): void {
    const { canvas, t, len } = this;
    canvas.setAttribute("aria-valuemin", String(1 - SHOWN / 2));
    canvas.setAttribute("aria-valuemax", String(SHOWN / 2 - 1));
    canvas.setAttribute("aria-valuenow", String(t - (len - SHOWN / 2)));
    canvas.setAttribute("aria-valuetext",
      `time step ${named(t, len)}: predicted ${decimals(predictions[t - 1]!)}, actual ${decimals(values[t]!)}`);
  }
}

/** The range of the series and a third of it: the picture does not jump while a network learns. */
function valueAxis({ height }: Surface, values: Float32Array): ValueAxis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) * 0.3;
  const y = (value: number) =>
    TOP + ((high + margin - value) / (high - low + 2 * margin)) * (height - TOP - BOTTOM);
  return { y, low, high };
}

function drawWindows({ pen, width, height }: Surface, color: Colors, axis: TimeAxis, seqLength: number): void {
  pen.fillStyle = color.shade;
  const edge = axis.x(axis.cutoff) - axis.step / 2;
  pen.fillRect(edge, TOP, width - RIGHT - edge, height - TOP - BOTTOM);
  pen.strokeStyle = color.line;
  pen.lineWidth = 1;
  for (const start of windowStarts(axis, seqLength)) {
    const x = Math.round(axis.x(start) - axis.step / 2) + 0.5;
    polyline(pen, [[x, TOP], [x, height - BOTTOM]]);
  }
  pen.fillStyle = color.quiet;
  pen.textAlign = "left";
  pen.fillText("training set", LEFT, height - 5);
  pen.fillText("test set", edge + 3, height - 5);
}

/** Values of the series in their own unit, beside three places of the axis. */
function drawTicks(
  { pen }: Surface, color: Colors, { y, low, high }: ValueAxis, scale: { mean: number; deviation: number }, unit: string,
): void {
  const [from, to] = [low, high].map((value) => scale.mean + value * scale.deviation) as [number, number];
  const rough = (to - from) / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const every = power * [5, 2, 1].find((factor) => factor * power <= rough)!;
  pen.fillStyle = color.quiet;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (let tick = Math.ceil(from / every - 1e-6); tick * every <= to + 1e-6 * rough; tick++) {
    const text = (+(tick * every).toPrecision(6)).toLocaleString("en").replace("-", "−");
    pen.fillText(text, LEFT - 8, y((tick * every - scale.mean) / scale.deviation));
  }
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText(unit, LEFT + 4, TOP + 12);
}

function drawSeries(
  pen: CanvasRenderingContext2D, color: Colors, axis: TimeAxis, { y, low, high }: ValueAxis, seen: Snapshot,
): void {
  const { values, predictions, future } = seen;
  const steps = Array.from({ length: SHOWN }, (_, i) => axis.from + i);
  pen.fillStyle = color.input;
  const radius = Math.min(3, Math.max(1.3, axis.step * 0.36));
  for (const t of steps) {
    pen.beginPath();
    pen.arc(axis.x(t), y(values[t]!), radius, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.strokeStyle = color.prediction;
  pen.lineJoin = "round";
  pen.lineWidth = 2;
  polyline(pen, steps.map((t) => [axis.x(t), y(predictions[t - 1]!)]));
  pen.setLineDash([6, 4]);
  pen.lineWidth = 2.5;
  pen.strokeStyle = color.test;
  // A forecast that left the picture far behind is no line to follow.
  const near = (value: number) => (value > low - 10 * (high - low) && value < high + 10 * (high - low) ? y(value) : NaN);
  polyline(pen, Array.from(future, (value, i) => [axis.x(axis.cutoff + i), near(value)]));
}

/** Marks the prediction that is looked at. */
function drawMark({ pen, height }: Surface, color: Colors, x: number, y: number): void {
  pen.setLineDash([]);
  pen.strokeStyle = color.ink;
  pen.lineWidth = 1;
  polyline(pen, [[x, TOP], [x, height - BOTTOM]]);
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, y, 5, 0, 2 * Math.PI);
  pen.stroke();
}

/** Mean squared errors one step ahead in the test set: of the first three values of a window, and of the others. */
export function errorsAtEdges({ values, predictions }: Snapshot, seqLength: number, variance: number): { first: number; others: number } {
  const cutoff = values.length - SHOWN / 2;
  const sums = { first: [0, 0], others: [0, 0] };
  for (let t = cutoff; t < values.length; t++) {
    // The input of the prediction of value t is value t - 1.
    const place = (t - 1 - cutoff + seqLength) % seqLength;
    const sum = t > cutoff && place < 3 ? sums.first : sums.others;
    sum[0]! += (predictions[t - 1]! - values[t]!) ** 2 / variance;
    sum[1]! += 1;
  }
  const mean = ([sum, count]: number[]) => sum! / count!;
  return { first: mean(sums.first), others: mean(sums.others) };
}
