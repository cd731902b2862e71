// The window of a step: inputs, predictions and actual values.
import { colors, polyline, surface, type Colors, type Surface } from "../canvas";
import type { Chart, Points } from "./protocol";

const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 8, 22];

interface Scales {
  x(at: number): number;
  y(value: number | null): number;
}

export function drawChart(canvas: HTMLCanvasElement, chart: Chart): void {
  const place = surface(canvas);
  const { pen, width, height } = place;
  const color = colors();
  const [start, end] = chart.x;
  const [low, high] = chart.y;
  if (start === null || end === null || low === null || high === null) return;
  const margin = (high - low || 1) * 0.08;
  const inner = { width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
  const scales: Scales = {
    x: (at) => LEFT + ((at - start) / (end - start || 1)) * inner.width,
    y: (value) => (value === null ? NaN : TOP + ((high + margin - value) / (high - low + 2 * margin)) * inner.height),
  };
  drawAxes(place, color, chart, scales);
  pen.save();
  pen.beginPath();
  pen.rect(LEFT - 4, TOP, inner.width + 8, inner.height);
  pen.clip();
  drawLines(place, color, chart, scales);
  pen.restore();
}

function drawAxes({ pen, width, height }: Surface, color: Colors, chart: Chart, { x, y }: Scales): void {
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  pen.strokeStyle = color.line;
  pen.fillStyle = color.quiet;
  for (const [value, label] of chart.y_ticks) {
    const at = Math.round(y(value)) + 0.5;
    polyline(pen, [[LEFT, at], [width - RIGHT, at]]);
    pen.fillText(label.replace("-", "−"), LEFT - 8, at);
  }
  pen.textBaseline = "alphabetic";
  pen.textAlign = "center";
  let free = 0;
  for (const [value, label] of chart.x_ticks) {
    const half = pen.measureText(label).width / 2;
    // A label that would touch its neighbor, or leave the canvas, is left out.
    if (x(value) - half < free || x(value) + half > width) continue;
    pen.fillText(label, x(value), height - 6);
    free = x(value) + half + 8;
  }
}

function drawLines({ pen, width }: Surface, color: Colors, chart: Chart, { x, y }: Scales): void {
  const place = (points: Points) => points.map(([at, value]): [number, number] => [x(at), y(value)]);
  pen.lineJoin = "round";
  pen.lineWidth = 1.5;
  pen.strokeStyle = color.quiet;
  // The first value of a window is an input, and the target of none.
  polyline(pen, place([...chart.input.slice(0, 1), ...chart.target]));
  pen.fillStyle = color.input;
  const radius = Math.min(3, Math.max(1.3, (0.36 * width) / chart.target.length));
  for (const [at, value] of place(chart.input)) {
    pen.beginPath();
    pen.arc(at, value, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.lineWidth = 2;
  pen.strokeStyle = color.prediction;
  polyline(pen, place(chart.prediction));
}
