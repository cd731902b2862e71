// The loss in bits per character, beside the baselines.
import { colors, polyline, surface } from "../canvas";
import { Curve } from "../curve";
import { drawAxes } from "../loss_axes";
import type { Corpus, Reading, Snapshot } from "./protocol";

interface Point {
  step: number;
  bits: number;
}

/** The losses since the start of training. */
export class LossChart {
  private readonly training = new Curve<Point>();
  private readonly validation = new Curve<Point>();

  add({ step, loss }: Snapshot): void {
    if (Number.isFinite(loss)) this.training.add({ step, bits: loss });
    else this.training.cut(step);
  }

  addValidation({ step, validation }: Reading): void {
    this.validation.add({ step, bits: validation });
  }

  clear(): void {
    this.training.clear();
    this.validation.clear();
  }

  draw(canvas: HTMLCanvasElement, { uniform, unigram, bigram }: Corpus): void {
    const place = surface(canvas);
    const { pen } = place;
    const color = colors();
    const high = Math.ceil(uniform + 0.2);
    const every = Math.ceil(high / 7);
    const ticks = Array.from({ length: Math.floor(high / every) + 1 }, (_, i) => i * every);
    const ends = [this.training, this.validation].map((curve) => curve.points.at(-1)?.step ?? 0);
    // A loss above the picture is drawn at its edge: training that diverges does not change the scale.
    const scale = { low: 0, high, ticks, place: (bits: number) => Math.min(bits, high) };
    const { x, y, left, right } = drawAxes(place, scale, Math.max(100, ...ends));

    pen.lineJoin = "round";
    pen.lineWidth = 1.5;
    for (const [curve, ink] of [[this.training, color.prediction], [this.validation, color.ink]] as const) {
      pen.strokeStyle = ink;
      polyline(pen, curve.points.map(({ step, bits }): [number, number] => [x(step), y(bits)]));
    }
    pen.setLineDash([2, 4]);
    pen.strokeStyle = color.input;
    pen.fillStyle = color.quiet;
    pen.textAlign = "right";
    for (const [name, bits] of [["uniform guess", uniform], ["unigram model", unigram], ["bigram model", bigram]] as const) {
      polyline(pen, [[left, y(bits)], [right, y(bits)]]);
      pen.fillText(`${name} ${bits.toFixed(2)}`, right, y(bits) - 3);
    }
    pen.setLineDash([]);
  }
}
