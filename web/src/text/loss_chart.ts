// The loss in bits per character, beside the baselines.
import { colors, polyline, surface } from "../canvas";
import { Curve } from "../curve";
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
    const { pen, width, height } = surface(canvas);
    const color = colors();
    const [left, right, top, bottom] = [30, 10, 12, 20];
    const high = Math.ceil(uniform + 0.2);
    const ends = [this.training, this.validation].map((curve) => curve.points.at(-1)?.step ?? 0);
    const end = Math.max(100, ...ends);
    const x = (step: number) => left + (step / end) * (width - left - right);
    // A loss above the picture is drawn at its edge: training that diverges does not change the scale.
    const y = (bits: number) => top + ((high - Math.min(bits, high)) / high) * (height - top - bottom);

    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    const every = Math.ceil(high / 7);
    for (let bits = 0; bits <= high; bits += every) {
      const at = Math.round(y(bits)) + 0.5;
      pen.strokeStyle = color.line;
      polyline(pen, [[left, at], [width - right, at]]);
      pen.fillStyle = color.quiet;
      pen.fillText(String(bits), left - 8, at);
    }
    pen.textBaseline = "alphabetic";
    pen.fillText(`${end.toLocaleString("en")} optimizer steps`, width - right, height - 5);
    pen.textAlign = "left";
    pen.fillText("0", left, height - 5);

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
      polyline(pen, [[left, y(bits)], [width - right, y(bits)]]);
      pen.fillText(`${name} ${bits.toFixed(2)}`, width - right, y(bits) - 3);
    }
    pen.setLineDash([]);
  }
}
