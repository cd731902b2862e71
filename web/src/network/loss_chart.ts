// The loss on a logarithmic axis, beside the naive forecast and pinned runs.
import { colors, polyline, surface, type Colors, type Surface } from "../canvas";
import { Curve } from "../curve";
import { byId } from "../dom";
import { drawAxes, scaleOf, type Axes } from "../loss_axes";
import type { Panel, Seen } from "./panel";
import { DASHES, Pins, labelOf, type Pin } from "./pins";
import type { Settings, Snapshot } from "./protocol";

interface Point {
  step: number;
  loss: number;
  test: number;
}

/** Losses that the axis always has. */
const RANGE = [1e-3, 1];

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
    const axes = this.axes(place, naiveError);
    const { pen } = place;
    pen.lineJoin = "round";
    drawPins(place, color, axes, this.pins.pins);
    pen.lineWidth = 1.5;
    pen.strokeStyle = color.prediction;
    polyline(pen, points.map(({ step, loss }) => [axes.x(step), axes.y(loss)]));
    pen.strokeStyle = color.ink;
    polyline(pen, points.map(({ step, test }) => [axes.x(step), axes.y(test)]));
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    polyline(pen, [[axes.left, axes.y(naiveError)], [axes.right, axes.y(naiveError)]]);
    pen.setLineDash([]);
  }

  /** Axes for the current and all pinned runs. */
  private axes(place: Surface, naive: number): Axes {
    const pins = this.pins.pins.map(({ points }) => points);
    const losses = this.curve.points.flatMap(({ loss, test }) => [loss, test]);
    const all = [...losses, ...pins.flat().map(({ test }) => test)].filter((loss) => loss > 0 && loss < Infinity);
    const end = Math.max(100, this.curve.points.at(-1)?.step ?? 0, ...pins.map((points) => points.at(-1)!.step));
    return drawAxes(place, scaleOf([naive, ...RANGE, ...all]), end);
  }
}

/** Pinned test losses as thin dashed lines, each with its number and cell at the end. */
function drawPins({ pen }: Surface, color: Colors, { x, y, left, right, top, bottom }: Axes, pins: Pin[]): void {
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
    return { text, x: Math.min(right, Math.max(x(step), left + pen.measureText(text).width)), y: y(test) - 3 };
  });
  pen.strokeStyle = color.card;
  pen.fillStyle = color.ink;
  pen.lineWidth = 4;
  // Labels that would cover each other are moved down.
  let free = top + 14;
  for (const end of ends.sort((a, b) => a.y - b.y)) {
    free = Math.max(free, end.y);
    const at = Math.min(free, bottom);
    pen.strokeText(end.text, end.x, at);
    pen.fillText(end.text, end.x, at);
    free += 14;
  }
  pen.textBaseline = "alphabetic";
}
