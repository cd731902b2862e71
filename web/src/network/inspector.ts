// The formula of a box with real numbers, and a parameter or a state as a heat map.
import { colors, pointerOn, polyline, surface, type Surface } from "../canvas";
import { byId, short, write } from "../dom";
import { drawValues, roundedLimit } from "../heat";
import { formula } from "./formula";
import type { LookAt, Seen } from "./panel";
import type { Parameter } from "./protocol";
import type { Box } from "./shapes";

/** The largest size of a value in the picture, in pixels, and the largest height of the picture. */
const CELL = 18;
const MOST_HIGH = 260;

/** The values of a picture, `[rows, columns]`. */
interface Matrix {
  title: string;
  rows: number;
  columns: number;
  values: Float32Array;
  /** The letters of the gates whose weights are below each other; empty for one block. */
  gates: string[];
}

/** The width of the letters of the gates, in pixels. */
const GUTTER = 18;

export class Inspector {
  /** The open box. */
  box: Box | null = null;
  readonly canvases = [byId("matrix-canvas", HTMLCanvasElement)];
  private readonly canvas = this.canvases[0]!;
  private readonly place = byId("inspector", HTMLElement);
  private readonly menu = byId("parameter", HTMLSelectElement);
  private readonly value = byId("matrix-value", HTMLOutputElement);
  /** The parameters that the menu has, by their place in the description. */
  private choices: number[] = [];
  private filledFor = "";
  private matrix: Matrix | null = null;

  constructor(private readonly lookAt: LookAt) {
    this.menu.addEventListener("change", () => lookAt({ parameter: this.choices[this.menu.selectedIndex]! }));
    this.canvas.addEventListener("pointermove", (event) => {
      const { x, y } = pointerOn(this.canvas, event);
      this.value.value = this.valueAt(x, y);
    });
    this.canvas.addEventListener("pointerleave", () => (this.value.value = ""));
  }

  /** Opens a box, or closes it if it is open. */
  toggle(box: Box): void {
    this.box = this.box === box ? null : box;
    this.filledFor = "";
    this.place.hidden = this.box === null;
    if (this.box === null) this.lookAt({ parameter: null });
  }

  draw(seen: Seen): void {
    if (this.box === null) return;
    this.fill(this.box, seen.description.parameters);
    write(byId("formula", HTMLElement), formula(this.box, seen).join("\n"));
    this.matrix = this.matrixOf(this.box, seen);
    this.canvas.parentElement!.hidden = this.matrix === null;
    if (this.matrix !== null) this.drawMatrix(this.matrix);
  }

  /** Fills the menu with the parameters of a box, and asks for the first one. */
  private fill(box: Box, parameters: Parameter[]): void {
    const key = `${box} ${parameters.map(({ name, shape }) => `${name} ${shape}`).join()}`;
    if (key === this.filledFor) return;
    this.filledFor = key;
    const isOfHead = (name: string) => name.startsWith("fc.");
    this.choices = parameters.flatMap(({ name }, i) => (
      (box === "cell" && !isOfHead(name)) || (box === "y" && isOfHead(name)) ? [i] : []));
    this.menu.replaceChildren(...this.choices.map((i) => {
      const { name, shape } = parameters[i]!;
      return new Option(`${name} [${shape.join(", ")}]`);
    }));
    this.menu.parentElement!.hidden = this.choices.length === 0;
    this.lookAt({ parameter: this.choices[0] ?? null });
  }

  private matrixOf(box: Box, { snapshot, settings, description }: Seen): Matrix | null {
    if (box === "h") {
      const { layers, hidden } = settings;
      return { title: `h [${layers}, 1, ${hidden}]`, rows: layers, columns: hidden, values: snapshot.state, gates: [] };
    }
    const index = snapshot.look.parameter;
    if (index === null || !this.choices.includes(index)) return null;
    const { name, shape: [rows = 1, columns = 1] } = description.parameters[index]!;
    const gates = box === "cell" ? description.quantities.filter(({ range }) => range !== null).map(({ letter }) => letter) : [];
    return { title: name, rows, columns, values: snapshot.matrix, gates };
  }

  private drawMatrix({ title, rows, columns, values, gates }: Matrix): void {
    const gutter = gates.length > 0 ? GUTTER : 0;
    const room = this.canvas.parentElement!.clientWidth - gutter;
    // A column of weights is at least as wide as a finger, and squares as large as the room allows.
    const cell = Math.min(CELL, room / columns, MOST_HIGH / rows);
    this.canvas.style.width = `${gutter + Math.min(room, Math.max(24, cell * columns))}px`;
    this.canvas.style.height = `${Math.max(24, cell * rows)}px`;
    const high = roundedLimit(values, 0.01);
    const place = surface(this.canvas);
    const box = { x: gutter, y: 0, width: place.width - gutter, height: place.height };
    drawValues(place, box, columns, rows, { high, isSigned: true }, (row, column) => values[row * columns + column]!);
    drawGates(place, gates);
    write(byId("matrix-scale", HTMLElement), `−${high} to ${high}`);
    this.canvas.setAttribute("aria-label", `${title} as a heat map: ${rows} rows, ${columns} columns`);
  }

  /** The value under a point of the canvas, in words. */
  private valueAt(x: number, y: number): string {
    if (this.matrix === null) return "";
    const { rows, columns, values, gates } = this.matrix;
    const gutter = gates.length > 0 ? GUTTER : 0;
    const row = Math.floor((y / this.canvas.clientHeight) * rows);
    const column = Math.floor(((x - gutter) / (this.canvas.clientWidth - gutter)) * columns);
    const value = values[row * columns + column];
    return value === undefined || column < 0 ? "" : `row ${row + 1}, column ${column + 1}: ${short(value)}`;
  }
}

/** A letter beside the weights of each gate, and a line between two of them. */
function drawGates({ pen, width, height }: Surface, gates: string[]): void {
  const color = colors();
  pen.fillStyle = pen.strokeStyle = color.ink;
  pen.lineWidth = 1;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  gates.forEach((letter, i) => {
    const top = Math.round((i / gates.length) * height) + 0.5;
    if (i > 0) polyline(pen, [[0, top], [width, top]]);
    pen.fillText(letter, 4, top + height / gates.length / 2);
  });
}
