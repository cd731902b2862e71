// The loss on a logarithmic axis, beside the naive forecast.
import { colors, polyline, surface } from "../canvas";
import { Curve } from "../curve";
import type { Snapshot } from "./protocol";

interface Point {
  step: number;
  loss: number;
  test: number;
}

/** The losses since the start of training. */
export class LossCurve {
  private readonly curve = new Curve<Point>();

  add({ step, loss, testError }: Snapshot): void {
    if (Number.isFinite(loss)) this.curve.add({ step, loss, test: testError });
    else this.curve.cut(step);
  }

  clear(): void {
    this.curve.clear();
  }

  draw(canvas: HTMLCanvasElement, naive: number): void {
    const { pen, width, height } = surface(canvas);
    const color = colors();
    const [left, right, top, bottom] = [46, 10, 8, 20];
    const all = this.curve.points.flatMap(({ loss, test }) => [loss, test]).filter((value) => value > 0 && value < Infinity);
    const low = Math.floor(Math.log10(Math.min(naive, 1e-3, ...all)));
    const high = Math.ceil(Math.log10(Math.max(1, Math.min(1e6, Math.max(...all, 1)))));
    const end = Math.max(100, this.curve.points.at(-1)?.step ?? 0);
    const x = (step: number) => left + (step / end) * (width - left - right);
    const y = (value: number) => top + ((high - Math.log10(value)) / (high - low)) * (height - top - bottom);

    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    const every = Math.ceil((high - low) / 6);
    for (let power = low; power <= high; power += every) {
      const at = Math.round(y(10 ** power)) + 0.5;
      pen.strokeStyle = color.line;
      polyline(pen, [[left, at], [width - right, at]]);
      pen.fillStyle = color.quiet;
      pen.textAlign = "right";
      pen.fillText(powerOfTen(power), left - 8, at);
    }
    pen.textBaseline = "alphabetic";
    pen.fillText(`${end.toLocaleString("en")} optimizer steps`, width - right, height - 5);
    pen.textAlign = "left";
    pen.fillText("0", left, height - 5);

    const line = (value: (point: Point) => number) =>
      this.curve.points.map((point): [number, number] => [x(point.step), y(value(point))]);
    pen.lineJoin = "round";
    pen.lineWidth = 1.5;
    pen.strokeStyle = color.prediction;
    polyline(pen, line((point) => point.loss));
    pen.strokeStyle = color.ink;
    polyline(pen, line((point) => point.test));
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    polyline(pen, [[left, y(naive)], [width - right, y(naive)]]);
    pen.setLineDash([]);
  }
}

function powerOfTen(power: number): string {
  if (Math.abs(power) <= 3) return String(+(10 ** power).toPrecision(1));
  return `10${String(power).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!)}`;
}
