// Losses over optimizer steps, beside the naive forecast.
import { colors, polyline, surface } from "./canvas";
import { Curve } from "./curve";
import { drawAxes, scaleOf } from "./loss_axes";

interface Point {
  step: number;
  loss: number;
}

export class LossCurve {
  private readonly training = new Curve<Point>();
  private readonly test = new Curve<Point>();

  /** The axis has at least the losses of `range`. */
  constructor(private readonly range: number[] = []) {}

  /** Takes the losses after a step. */
  add(step: number, training: number, test: number): void {
    for (const [curve, loss] of [[this.training, training], [this.test, test]] as const) {
      if (Number.isFinite(loss)) curve.add({ step, loss });
      else curve.cut(step);
    }
  }

  /** Replaces both curves. */
  set(training: [number, number][], test: [number, number][]): void {
    this.clear();
    this.training.points = training.map(([step, loss]) => ({ step, loss }));
    this.test.points = test.map(([step, loss]) => ({ step, loss }));
  }

  clear(): void {
    this.training.clear();
    this.test.clear();
  }

  /** Draws both curves, and a line at the loss of the naive forecast. The axis has `steps`, or the steps so far. */
  draw(canvas: HTMLCanvasElement, naive: number, steps?: number): void {
    const place = surface(canvas);
    const { pen } = place;
    const color = colors();
    const curves = [this.training.points, this.test.points];
    const losses = curves.flat().map((point) => point.loss);
    const end = steps ?? Math.max(100, this.training.points.at(-1)?.step ?? 0);
    const { x, y, left, right } = drawAxes(place, scaleOf([...losses, ...this.range, naive].filter(Number.isFinite)), end);

    pen.lineJoin = "round";
    pen.lineWidth = 1.5;
    for (const [i, points] of curves.entries()) {
      pen.strokeStyle = i === 0 ? color.prediction : color.ink;
      polyline(pen, points.map(({ step, loss }) => [x(step), y(loss)]));
    }
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    polyline(pen, [[left, y(naive)], [right, y(naive)]]);
    pen.setLineDash([]);
  }
}
