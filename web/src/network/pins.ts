// Test losses of earlier runs, which stay in the chart when data or network change.
import { byId } from "../dom";
import { lesson } from "./settings";
import type { Settings } from "./protocol";

const MOST = 4;

/** The dashes of the lines: pinned runs differ in their pattern and their number, not in color. */
export const DASHES = [[7, 3], [2, 3], [11, 3, 2, 3], [4, 2, 1, 2]] as const;

export interface Pin {
  /** Its place in `DASHES`. */
  place: number;
  cell: string;
  label: string;
  points: { step: number; test: number }[];
}

export class Pins {
  pins: Pin[] = [];
  private readonly button = byId("pin", HTMLButtonElement);
  private readonly list = byId("pins", HTMLUListElement);

  /** `current` is the run that a click pins; `changed` is called when the pins have changed. */
  constructor(current: () => Omit<Pin, "place"> | null, private readonly changed: () => void) {
    this.button.addEventListener("click", () => {
      const run = current();
      if (run === null || this.pins.length === MOST) return;
      const place = DASHES.findIndex((_, i) => this.pins.every((pin) => pin.place !== i));
      this.pins.push({ ...run, place });
      this.show();
    });
  }

  private remove(pin: Pin): void {
    this.pins = this.pins.filter((other) => other !== pin);
    this.show();
    this.button.focus();
  }

  private show(): void {
    this.button.disabled = this.pins.length === MOST;
    this.list.replaceChildren(...this.pins.map((pin) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.textContent = "×";
      button.setAttribute("aria-label", `Remove pinned run ${pin.place + 1}: ${pin.label}`);
      button.addEventListener("click", () => this.remove(pin));
      item.append(sample(pin.place), `${pin.place + 1}: ${pin.label}`, button);
      return item;
    }));
    this.changed();
  }
}

/** The dashes of a line. */
function sample(place: number): SVGElement {
  const [svg, line] = ["svg", "line"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name)) as [SVGElement, SVGElement];
  for (const [name, value] of [["width", 36], ["height", 8], ["aria-hidden", true]] as const) svg.setAttribute(name, String(value));
  for (const [name, value] of [["x2", 36], ["y1", 4], ["y2", 4]] as const) line.setAttribute(name, String(value));
  line.setAttribute("stroke-dasharray", DASHES[place]!.join());
  svg.append(line);
  return svg;
}

/** The settings of a run in short: cell, sizes and rate, and all that differs from the lesson. */
export function labelOf(settings: Settings): string {
  const { cell, hidden, layers, seqLength, rate, data, seed, carry, optimizer, schedule, clip, standardize } = settings;
  const usual = lesson();
  const rare: [boolean, string][] = [
    [layers !== usual.layers, `L=${layers}`],
    [!carry, "state not carried"],
    [optimizer !== usual.optimizer, optimizer],
    [schedule !== usual.schedule, schedule],
    [clip !== 0, `clip ${clip}`],
    [seed !== usual.seed, `seed ${seed}`],
    [!standardize, "not standardized"],
    [data !== usual.data, data],
  ];
  const also = rare.filter(([isRare]) => isRare).map(([, words]) => words);
  return [`${cell} H=${hidden} T=${seqLength} rate ${rate}`, ...also].join(", ");
}
