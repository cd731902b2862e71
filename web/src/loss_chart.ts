// Losses over optimizer steps, beside the naive forecast.
import { colors, polyline, surface } from "./canvas";
import { Curve } from "./curve";
import { short } from "./dom";

const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 8, 20];

interface Point {
  step: number;
  loss: number;
}

/** A scale of losses: logarithmic, or linear if a loss is not positive, such as that of a density. */
interface Scale {
  low: number;
  high: number;
  ticks: number[];
  place(loss: number): number;
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
    const { pen, width, height } = surface(canvas);
    const color = colors();
    const curves = [this.training.points, this.test.points];
    const losses = curves.flat().map((point) => point.loss);
    const scale = scaleOf([...losses, ...this.range, naive].filter(Number.isFinite));
    const end = steps ?? Math.max(100, this.training.points.at(-1)?.step ?? 0);
    const x = (step: number) => LEFT + (step / end) * (width - LEFT - RIGHT);
    const y = (loss: number) =>
      TOP + ((scale.high - scale.place(loss)) / (scale.high - scale.low)) * (height - TOP - BOTTOM);

    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const tick of scale.ticks) {
      const at = Math.round(y(tick)) + 0.5;
      pen.strokeStyle = color.line;
      polyline(pen, [[LEFT, at], [width - RIGHT, at]]);
      pen.fillStyle = color.quiet;
      pen.fillText(label(tick), LEFT - 8, at);
    }
    pen.textBaseline = "alphabetic";
    pen.fillText(`${end.toLocaleString("en")} optimizer steps`, width - RIGHT, height - 5);
    pen.textAlign = "left";
    pen.fillText("0", LEFT, height - 5);

    pen.lineJoin = "round";
    pen.lineWidth = 1.5;
    for (const [i, points] of curves.entries()) {
      pen.strokeStyle = i === 0 ? color.prediction : color.ink;
      polyline(pen, points.map(({ step, loss }) => [x(step), y(loss)]));
    }
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    polyline(pen, [[LEFT, y(naive)], [width - RIGHT, y(naive)]]);
    pen.setLineDash([]);
  }
}

/** A scale with room for all losses; a loss above a million is outside. */
function scaleOf(losses: number[]): Scale {
  const [least, most] = [Math.min(...losses), Math.min(1e6, Math.max(...losses))];
  if (losses.length === 0 || least <= 0) return linear(least, most);
  const powers = Array.from({ length: 2 + decade(most) - decade(least) }, (_, i) => decade(least) + i);
  const round = powers.flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  const low = round.filter((value) => value <= least).at(-1) ?? round[0]!;
  const high = round.find((value) => value >= most && value > low) ?? round.at(-1)!;
  const inside = (values: number[]) => values.filter((value) => value >= low && value <= high);
  let ticks = inside(round);
  if (ticks.length > 7) {
    const every = Math.ceil(powers.length / 7);
    ticks = inside(powers.filter((_, i) => i % every === 0).map((power) => 10 ** power));
  } else if (ticks.length < 4) {
    ticks = inside(powers.flatMap((power) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => digit * 10 ** power)));
  }
  return { low: Math.log10(low), high: Math.log10(high), ticks, place: Math.log10 };
}

const decade = (value: number) => Math.floor(Math.log10(value));

function linear(least: number, most: number): Scale {
  const [low, high] = Number.isFinite(least) && least < most ? [least, most] : [-1, 1];
  const ticks = [0, 1, 2, 3, 4].map((part) => low + (part / 4) * (high - low));
  return { low, high, ticks, place: (loss) => loss };
}

function label(value: number): string {
  if (value <= 0 || (value >= 1e-3 && value <= 1e4)) return short(value);
  const power = decade(value * 1.001);
  const exponent = String(power).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!);
  const digit = Math.round(value / 10 ** power);
  return digit === 1 ? `10${exponent}` : `${digit}·10${exponent}`;
}
