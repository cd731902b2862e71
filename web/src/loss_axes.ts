// The axes of a picture of losses: optimizer steps, and losses on a logarithmic or a linear scale.
import { colors, polyline, type Surface } from "./canvas";
import { short } from "./dom";

const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 8, 20];

export interface Scale {
  low: number;
  high: number;
  /** The losses that have a line and a number. */
  ticks: number[];
  /** The place of a loss between `low` and `high`. */
  place(loss: number): number;
}

/** The places of steps and losses, and the ends of the axes. */
export interface Axes {
  x(step: number): number;
  y(loss: number): number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Draws the axes, up to the step `end`. */
export function drawAxes({ pen, width, height }: Surface, scale: Scale, end: number): Axes {
  const color = colors();
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, height - BOTTOM];
  const x = (step: number) => left + (step / end) * (right - left);
  const y = (loss: number) => top + ((scale.high - scale.place(loss)) / (scale.high - scale.low)) * (bottom - top);
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const tick of scale.ticks) {
    const at = Math.round(y(tick)) + 0.5;
    pen.strokeStyle = color.line;
    polyline(pen, [[left, at], [right, at]]);
    pen.fillStyle = color.quiet;
    pen.fillText(label(tick), left - 8, at);
  }
  pen.textBaseline = "alphabetic";
  pen.fillText(`${end.toLocaleString("en")} optimizer steps`, right, height - 5);
  pen.textAlign = "left";
  pen.fillText("0", left, height - 5);
  return { x, y, left, right, top, bottom };
}

/** A scale with room for all losses; a loss above a million is outside. */
export function scaleOf(losses: number[]): Scale {
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
