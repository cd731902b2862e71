// Inputs, predictions one step ahead, and the recursive forecast.
import { colors, polyline, surface } from "../canvas";
import type { Snapshot } from "./protocol";
import { LEFT, RIGHT, SHOWN, timeAxis, windowStarts } from "./time_axis";

const TOP = 8;
const BOTTOM = 20;

export function drawForecast(canvas: HTMLCanvasElement, seen: Snapshot, seqLength: number): void {
  const { values, predictions, future } = seen;
  const place = surface(canvas);
  const { pen, width, height } = place;
  const color = colors();
  const axis = timeAxis(place, values.length);
  // The range of the series and a third of it: the picture does not jump while a network learns.
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) * 0.3;
  const y = (value: number) =>
    TOP + ((high + margin - value) / (high - low + 2 * margin)) * (height - TOP - BOTTOM);

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
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const value of [-1, 0, 1]) pen.fillText(String(value).replace("-", "−"), LEFT - 8, y(value));
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText("training set", LEFT, height - 5);
  pen.fillText("test set", edge + 3, height - 5);

  pen.save();
  pen.beginPath();
  pen.rect(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM);
  pen.clip();
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
  const near = (value: number) => (Math.abs(value) < 20 ? y(value) : NaN);
  polyline(pen, Array.from(future, (value, i) => [axis.x(axis.cutoff + i), near(value)]));
  pen.restore();
}

/** Mean squared errors one step ahead in the test set: of the first three values of a window, and of the others. */
export function errorsAtEdges(seen: Snapshot, seqLength: number): { first: number; others: number } {
  const { values, predictions } = seen;
  const cutoff = values.length - SHOWN / 2;
  const sums = { first: [0, 0], others: [0, 0] };
  for (let t = cutoff; t < values.length; t++) {
    // The input of the prediction of value t is value t - 1.
    const place = (t - 1 - cutoff + seqLength) % seqLength;
    const sum = t > cutoff && place < 3 ? sums.first : sums.others;
    sum[0]! += (predictions[t - 1]! - values[t]!) ** 2;
    sum[1]! += 1;
  }
  const mean = ([sum, count]: number[]) => sum! / count!;
  return { first: mean(sums.first), others: mean(sums.others) };
}
