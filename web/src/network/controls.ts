// The controls of the settings.
import { cellOptions, type Entry } from "../catalog";
import { byId } from "../dom";
import { onSlider, showSlider } from "../sliders";
import type { Settings } from "./protocol";
import { CLIPS, RANGES, type Ranged } from "./settings";

const SLIDERS = Object.keys(RANGES) as Ranged[];

export class Controls {
  private settings: Settings | null = null;
  private readonly data = byId("data", HTMLSelectElement);
  private readonly seed = byId("seed", HTMLInputElement);
  private readonly carry = byId("carry", HTMLInputElement);
  private readonly standardize = byId("standardize", HTMLInputElement);
  private readonly menus = {
    cell: byId("cell", HTMLSelectElement),
    optimizer: byId("optimizer", HTMLSelectElement),
    schedule: byId("schedule", HTMLSelectElement),
  };
  private readonly clip = byId("clip", HTMLSelectElement);

  /** `changed` is called with new settings. */
  constructor(private readonly changed: (settings: Settings) => void) {
    const on = (element: HTMLElement, kind: string, setting: () => Partial<Settings>) =>
      element.addEventListener(kind, () => this.settings && this.changed({ ...this.settings, ...setting() }));
    on(this.data, "change", () => ({ data: this.data.value }));
    for (const [name, menu] of Object.entries(this.menus)) on(menu, "change", () => ({ [name]: menu.value }));
    on(this.clip, "change", () => ({ clip: Number(this.clip.value) }));
    on(this.standardize, "change", () => ({ standardize: this.standardize.checked }));
    on(this.carry, "change", () => ({ carry: this.carry.checked }));
    on(this.seed, "change", () => (this.seed.validity.valid && this.seed.value ? { seed: Number(this.seed.value) } : {}));
    for (const name of SLIDERS) {
      onSlider(name, RANGES[name], (value) => this.settings && this.changed({ ...this.settings, [name]: value }));
    }
    byId("controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  }

  /** Fills the menus from the registries of the engine. */
  fill(catalog: Entry[]): void {
    const entries = (family: string) => catalog.filter((entry) => entry.family === family);
    this.menus.cell.replaceChildren(...cellOptions(catalog));
    for (const name of ["optimizer", "schedule"] as const) {
      this.menus[name].replaceChildren(...entries(name).map((entry) => {
        const option = new Option(entry.name, entry.name);
        option.title = entry.summary;
        return option;
      }));
    }
    this.clip.replaceChildren(...CLIPS.map((norm) => new Option(norm === 0 ? "off" : `norm of at most ${norm}`, String(norm))));
    const series = entries("series").map(({ name, summary }) => new Option(summary, name));
    this.data.replaceChildren(...series, new Option("drawn by hand", "drawn"));
  }

  show(settings: Settings): void {
    this.settings = settings;
    this.data.value = settings.data;
    for (const name of ["cell", "optimizer", "schedule"] as const) this.menus[name].value = settings[name];
    this.clip.value = String(settings.clip);
    this.standardize.checked = settings.standardize;
    this.seed.value = String(settings.seed);
    this.carry.checked = settings.carry;
    for (const name of SLIDERS) showSlider(name, RANGES[name], settings[name]);
  }
}
