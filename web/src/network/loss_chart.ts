// The loss on a logarithmic axis, beside the naive forecast and pinned runs.
import { colors, polyline, surface, type Colors, type Surface } from "../canvas";
import { Curve } from "../curve";
import { byId, powerOfTen } from "../dom";
import type { Panel, Seen } from "./panel";
import { DASHES, Pins, labelOf, type Pin } from "./pins";
import type { Settings, Snapshot } from "./protocol";

interface Point {
  step: number;
  loss: number;
  test: number;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 8, 20];

/** The places of a step and of a loss. */
interface Axes {
  x(step: number): number;
  y(value: number): number;
}

/** The losses since the start of training. */
export class LossChart implements Panel {
  readonly canvases = [byId("loss-canvas", HTMLCanvasElement)];
  private readonly curve = new Curve<Point>();
  private readonly pins: Pins;

  /** `settings` are those of the current run; `redraw` is called when pins have changed. */
  constructor(settings: () => Settings, redraw: () => void) {
    const current = () => (this.curve.points.length === 0 ? null
      : { cell: settings().cell, label: labelOf(settings()), points: this.curve.points.map(({ step, test }) => ({ step, test })) });
    this.pins = new Pins(current, redraw);
  }

  add({ step, loss, testError }: Snapshot): void {
    if (Number.isFinite(loss)) this.curve.add({ step, loss, test: testError });
    else this.curve.cut(step);
  }

  clear(): void {
    this.curve.clear();
  }

  draw({ snapshot: { naiveError } }: Seen): void {
    const place = surface(this.canvases[0]!);
    const color = colors();
    const { points } = this.curve;
    const axes = this.axes(place, color, naiveError);
    const { pen, width } = place;
    pen.lineJoin = "round";
    drawPins(place, color, axes, this.pins.pins);
    pen.lineWidth = 1.5;
    pen.strokeStyle = color.prediction;
    polyline(pen, points.map(({ step, loss }) => [axes.x(step), axes.y(loss)]));
    pen.strokeStyle = color.ink;
    polyline(pen, points.map(({ step, test }) => [axes.x(step), axes.y(test)]));
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    polyline(pen, [[LEFT, axes.y(naiveError)], [width - RIGHT, axes.y(naiveError)]]);
    pen.setLineDash([]);
  }

  /** Axes for the current and all pinned runs, with their lines and numbers. */
  private axes({ pen, width, height }: Surface, color: Colors, naive: number): Axes {
    const pinned = this.pins.pins.flatMap(({ points }) => points);
    const all = [...this.curve.points.flatMap(({ loss, test }) => [loss, test]), ...pinned.map(({ test }) => test)]
      .filter((value) => value > 0 && value < Infinity);
    const low = Math.floor(Math.log10(Math.min(naive, 1e-3, ...all)));
    const high = Math.ceil(Math.log10(Math.max(1, Math.min(1e6, Math.max(...all, 1)))));
    const end = Math.max(100, this.curve.points.at(-1)?.step ?? 0, ...this.pins.pins.map(({ points }) => points.at(-1)!.step));
    const x = (step: number) => LEFT + (step / end) * (width - LEFT - RIGHT);
    const y = (value: number) => TOP + ((high - Math.log10(value)) / (high - low)) * (height - TOP - BOTTOM);
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    const every = Math.ceil((high - low) / 6);
    for (let power = low; power <= high; power += every) {
      const at = Math.round(y(10 ** power)) + 0.5;
      pen.strokeStyle = color.line;
      polyline(pen, [[LEFT, at], [width - RIGHT, at]]);
      pen.fillStyle = color.quiet;
      pen.textAlign = "right";
      pen.fillText(powerOfTen(power), LEFT - 8, at);
    }
    pen.textBaseline = "alphabetic";
    pen.fillText(`${end.toLocaleString("en")} optimizer steps`, width - RIGHT, height - 5);
    pen.textAlign = "left";
    pen.fillText("0", LEFT, height - 5);
    return { x, y };
  }
}

/** Pinned test losses as thin dashed lines, each with its number and cell at the end. */
function drawPins({ pen, width, height }: Surface, color: Colors, { x, y }: Axes, pins: Pin[]): void {
  pen.strokeStyle = color.quiet;
  pen.lineWidth = 1.25;
  for (const { place, points } of pins) {
    pen.setLineDash([...DASHES[place]!]);
    polyline(pen, points.map(({ step, test }) => [x(step), y(test)]));
  }
  pen.setLineDash([]);
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  const ends = pins.map(({ place, cell, points }) => {
    const { step, test } = points.at(-1)!;
    const text = `${place + 1} ${cell}`;
    return { text, x: Math.min(width - RIGHT, Math.max(x(step), LEFT + pen.measureText(text).width)), y: y(test) - 3 };
  });
  pen.strokeStyle = color.card;
  pen.fillStyle = color.ink;
  pen.lineWidth = 4;
  // Labels that would cover each other are moved down.
  let free = TOP + 14;
  for (const end of ends.sort((a, b) => a.y - b.y)) {
    free = Math.max(free, end.y);
    const at = Math.min(free, height - BOTTOM);
    pen.strokeText(end.text, end.x, at);
    pen.fillText(end.text, end.x, at);
    free += 14;
  }
  pen.textBaseline = "alphabetic";
}
