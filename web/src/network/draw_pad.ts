// A period drawn with mouse, finger or arrow keys.
import { colors, pointerOn, polyline, surface } from "../canvas";

export class DrawPad {
  /** The column that the arrow keys change. */
  private column = 0;
  private last: [number, number] | null = null;

  /** `changed` is called when a stroke is done. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private values: number[],
    private readonly changed: (values: number[]) => void,
  ) {
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = null;
      this.move(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons > 0) this.move(event);
    });
    canvas.addEventListener("pointerup", () => this.changed([...this.values]));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.draw());
  }

  set(values: number[]): void {
    this.values = [...values];
    this.draw();
  }

  private move(event: PointerEvent): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const at = pointerOn(this.canvas, event);
    const limited = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
    const column = limited(Math.floor((at.x / width) * this.values.length), 0, this.values.length - 1);
    const value = limited(1 - (2 * at.y) / height, -1, 1);
    // A fast stroke skips columns: they are on the line between.
    const [from, start] = this.last ?? [column, value];
    const count = Math.max(1, Math.abs(column - from));
    for (let i = 0; i <= count; i++) {
      this.values[Math.round(from + ((column - from) * i) / count)] = start + ((value - start) * i) / count;
    }
    this.last = [column, value];
    this.column = column;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const [columns, up] = move as [number, number];
    this.column = (this.column + columns + this.values.length) % this.values.length;
    if (up !== 0) {
      this.values[this.column] = Math.min(1, Math.max(-1, this.values[this.column]! + up));
      this.changed([...this.values]);
    }
    this.draw();
  }

  draw(): void {
    const { pen, width, height } = surface(this.canvas);
    const color = colors();
    const x = (column: number) => ((column + 0.5) / this.values.length) * width;
    const y = (value: number) => ((1 - value) / 2) * (height - 6) + 3;
    pen.strokeStyle = color.line;
    polyline(pen, [[0, height / 2], [width, height / 2]]);
    pen.strokeStyle = color.input;
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    polyline(pen, this.values.map((value, i) => [x(i), y(value)]));
    if (document.activeElement !== this.canvas) return;
    pen.fillStyle = color.ink;
    pen.beginPath();
    pen.arc(x(this.column), y(this.values[this.column]!), 4, 0, 2 * Math.PI);
    pen.fill();
  }
}
