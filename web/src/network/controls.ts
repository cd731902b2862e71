// The controls of the settings.
import { cellOptions, type Entry } from "../catalog";
import { byId } from "../dom";
import { onSlider, showSlider } from "../sliders";
import type { Settings } from "./protocol";
import { RANGES, type Ranged } from "./settings";

const SLIDERS = Object.keys(RANGES) as Ranged[];

export class Controls {
  private settings: Settings | null = null;
  private readonly data = byId("data", HTMLSelectElement);
  private readonly cell = byId("cell", HTMLSelectElement);
  private readonly seed = byId("seed", HTMLInputElement);
  private readonly carry = byId("carry", HTMLInputElement);

  /** `changed` is called with new settings. */
  constructor(private readonly changed: (settings: Settings) => void) {
    const on = (element: HTMLElement, kind: string, setting: () => Partial<Settings>) =>
      element.addEventListener(kind, () => this.settings && this.changed({ ...this.settings, ...setting() }));
    on(this.data, "change", () => ({ data: this.data.value }));
    on(this.cell, "change", () => ({ cell: this.cell.value }));
    on(this.carry, "change", () => ({ carry: this.carry.checked }));
    on(this.seed, "change", () => (this.seed.validity.valid && this.seed.value ? { seed: Number(this.seed.value) } : {}));
    for (const name of SLIDERS) {
      onSlider(name, RANGES[name], (value) => this.settings && this.changed({ ...this.settings, [name]: value }));
    }
    byId("controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  }

  /** Fills the menus from the registries of the engine. */
  fill(catalog: Entry[]): void {
    this.cell.replaceChildren(...cellOptions(catalog));
    const series = catalog.filter(({ family }) => family === "series").map(({ name, summary }) => new Option(summary, name));
    this.data.replaceChildren(...series, new Option("drawn by hand", "drawn"));
  }

  show(settings: Settings): void {
    this.settings = settings;
    this.data.value = settings.data;
    this.cell.value = settings.cell;
    this.seed.value = String(settings.seed);
    this.carry.checked = settings.carry;
    for (const name of SLIDERS) showSlider(name, RANGES[name], settings[name]);
  }
}
