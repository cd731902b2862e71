// A state or a gate over time: one row for each unit, one column for each time step, and one unit as a line.
import { colors, pointerOn, polyline, surface } from "../canvas";
import { byId, decimals, write } from "../dom";
import { drawValues, roundedLimit, type Range } from "../heat";
import type { LookAt, Panel, Seen } from "./panel";
import type { Description, Quantity, Settings, Snapshot } from "./protocol";
import { LEFT, RIGHT, SHOWN, named, timeAxis } from "./time_axis";

/** The last time steps, within which the peak of a unit is looked for. */
const PEAK_WITHIN = 40;

export class HeatMap implements Panel {
  readonly canvases = [byId("map-canvas", HTMLCanvasElement), byId("trace-canvas", HTMLCanvasElement)];
  private readonly map = this.canvases[0]!;
  private readonly menu = byId("quantity", HTMLSelectElement);
  private readonly layer = byId("layer", HTMLSelectElement);
  private readonly sorted = byId("sorted", HTMLInputElement);
  private readonly value = byId("map-value", HTMLOutputElement);
  /** The unit of each row of the picture. */
  private order: number[] = [0];
  private unit = 0;
  private seen: Seen | null = null;

  /** `redraw` is called after a change that needs no answer of the engine. */
  constructor(private readonly lookAt: LookAt, redraw: () => void) {
    this.menu.addEventListener("change", () => lookAt({ quantity: this.menu.selectedIndex }));
    this.layer.addEventListener("change", () => lookAt({ layer: this.layer.selectedIndex }));
    this.sorted.addEventListener("change", redraw);
    this.map.addEventListener("click", (event) => this.select(this.order[this.rowAt(pointerOn(this.map, event).y)]!));
    this.map.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const row = this.order.indexOf(this.unit) + by;
      this.select(this.order[Math.min(this.order.length - 1, Math.max(0, row))]!);
    });
    this.map.addEventListener("pointermove", (event) => {
      const { x, y } = pointerOn(this.map, event);
      this.value.value = this.valueAt(x, y);
    });
    this.map.addEventListener("pointerleave", () => (this.value.value = ""));
  }

  /** Fills the menus for a new network. Returns the quantity and the layer that are selected. */
  fill({ quantities }: Description, { layers, hidden }: Settings): { quantity: number; layer: number; unit: number } {
    const kept = this.menu.value;
    this.menu.replaceChildren(...quantities.map(({ letter, name }) => new Option(`${name} ${letter}`, letter)));
    const quantity = Math.max(0, quantities.findIndex(({ letter }) => letter === kept));
    this.menu.selectedIndex = quantity;
    const layer = Math.min(Math.max(0, this.layer.selectedIndex), layers - 1);
    this.layer.replaceChildren(...Array.from({ length: layers }, (_, i) => new Option(`layer ${i + 1}`)));
    this.layer.selectedIndex = layer;
    this.layer.hidden = layers === 1;
    this.unit = Math.min(this.unit, hidden - 1);
    return { quantity, layer, unit: this.unit };
  }

  private select(unit: number): void {
    this.unit = unit;
    this.lookAt({ unit });
  }

  private rowAt(y: number): number {
    return Math.min(this.order.length - 1, Math.max(0, Math.floor((y / this.map.clientHeight) * this.order.length)));
  }

  /** The unit and value under a point of the canvas, in words. */
  private valueAt(x: number, y: number): string {
    if (this.seen === null) return "";
    const { snapshot, description } = this.seen;
    const column = Math.floor((x - LEFT) / timeAxis({ width: this.map.clientWidth }, SHOWN).step);
    const unit = this.order[this.rowAt(y)]!;
    const value = snapshot.map[column * this.order.length + unit];
    if (column < 0 || column >= SHOWN || value === undefined) return "";
    const { letter } = description.quantities[snapshot.look.quantity]!;
    return `unit ${unit + 1}, time step ${named(column, SHOWN)}: ${letter} = ${decimals(value)}`;
  }

  draw(seen: Seen): void {
    const { snapshot, settings: { hidden }, description } = seen;
    // After a change of the network the menus may be ahead of the picture.
    const quantity = description.quantities[snapshot.look.quantity];
    if (quantity === undefined || snapshot.map.length !== SHOWN * hidden) return;
    this.seen = seen;
    this.order = orderOf(snapshot, hidden, this.sorted.checked);
    const range = rangeOf(quantity, snapshot);
    const place = surface(this.map);
    const box = { x: LEFT, y: 0, width: place.width - LEFT - RIGHT, height: place.height };
    drawValues(place, box, SHOWN, hidden, range, (row, t) => snapshot.map[t * hidden + this.order[row]!]!);
    this.markRow(place.pen, box, hidden);
    this.drawTrace(snapshot, hidden, range);
    this.describe(quantity, range, hidden);
  }

  /** A triangle beside the row of the unit that is drawn as a line. */
  private markRow(pen: CanvasRenderingContext2D, box: { height: number }, hidden: number): void {
    const row = ((this.order.indexOf(this.unit) + 0.5) / hidden) * box.height;
    const y = Math.min(box.height - 5, Math.max(5, row));
    pen.fillStyle = colors().ink;
    pen.beginPath();
    pen.moveTo(LEFT - 2, y);
    pen.lineTo(LEFT - 10, y - 5);
    pen.lineTo(LEFT - 10, y + 5);
    pen.fill();
  }

  private drawTrace({ map }: Snapshot, hidden: number, { high, isSigned }: Range): void {
    const place = surface(this.canvases[1]!);
    const { pen, width, height } = place;
    const color = colors();
    const low = isSigned ? -high : 0;
    const y = (value: number) => 7 + ((high - value) / (high - low)) * (height - 14);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillStyle = color.quiet;
    pen.strokeStyle = color.line;
    for (const value of [low, high]) {
      pen.fillText(String(value).replace("-", "−"), LEFT - 8, y(value));
      const at = Math.round(y(value)) + 0.5;
      polyline(pen, [[LEFT, at], [width - RIGHT, at]]);
    }
    const axis = timeAxis(place, SHOWN);
    pen.strokeStyle = color.ink;
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    polyline(pen, Array.from({ length: SHOWN }, (_, t) => [axis.x(t), y(map[t * hidden + this.unit]!)]));
  }

  private describe({ letter, name }: Quantity, { high, isSigned }: Range, hidden: number): void {
    const scale = byId("map-scale", HTMLElement);
    write(scale, isSigned ? `−${high} to ${high}` : `0 to ${high}`);
    scale.classList.toggle("unsigned", !isSigned);
    write(byId("trace-title", HTMLElement), `unit ${this.unit + 1}`);
    this.map.setAttribute("aria-label", `Heat map of the ${name} ${letter}: units over time steps. Arrow keys select a unit.`);
    this.map.setAttribute("aria-valuemax", String(hidden));
    this.map.setAttribute("aria-valuenow", String(this.unit + 1));
    this.map.setAttribute("aria-valuetext", `unit ${this.unit + 1}`);
  }
}

/** A gate has the range of its activation function; a state at least that from -1 to 1. */
function rangeOf({ range }: Quantity, { map }: Snapshot): Range {
  if (range !== null) return { high: range[1], isSigned: range[0] < 0 };
  return { high: roundedLimit(map, 1), isSigned: true };
}

/** The units by their number, or by the time step of their largest value. */
function orderOf({ map }: Snapshot, hidden: number, isSorted: boolean): number[] {
  const units = Array.from({ length: hidden }, (_, unit) => unit);
  if (!isSorted) return units;
  const peaks = units.map((unit) => {
    let peak = SHOWN - PEAK_WITHIN;
    for (let t = peak; t < SHOWN; t++) if (map[t * hidden + unit]! > map[peak * hidden + unit]!) peak = t;
    return peak;
  });
  return units.sort((a, b) => peaks[a]! - peaks[b]! || a - b);
}
