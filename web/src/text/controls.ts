// The controls of the settings.
import { cellOptions, type Entry } from "../catalog";
import { byId } from "../dom";
import { onSlider, showSlider } from "../sliders";
import type { Settings } from "./protocol";
import { RANGES, type Ranged } from "./settings";

const SLIDERS = Object.keys(RANGES) as Ranged[];

export class Controls {
  private settings: Settings | null = null;
  private readonly text = byId("text-text", HTMLSelectElement);
  private readonly cell = byId("text-cell", HTMLSelectElement);
  private readonly seed = byId("text-seed", HTMLInputElement);
  private readonly carry = byId("text-carry", HTMLInputElement);
  private readonly prompt = byId("text-prompt", HTMLInputElement);
  private readonly unit = byId("text-unit", HTMLInputElement);

  /** `changed` is called with new settings. */
  constructor(private readonly changed: (settings: Settings) => void) {
    const on = (element: HTMLElement, kind: string, setting: () => Partial<Settings>) =>
      element.addEventListener(kind, () => this.change(setting()));
    on(this.text, "change", () => ({ text: this.text.value }));
    on(this.cell, "change", () => ({ cell: this.cell.value }));
    on(this.carry, "change", () => ({ carry: this.carry.checked }));
    on(this.seed, "change", () => (this.seed.validity.valid && this.seed.value ? { seed: Number(this.seed.value) } : {}));
    on(this.prompt, "input", () => ({ prompt: this.prompt.value }));
    on(this.unit, "input", () => ({ unit: Number(this.unit.value) }));
    for (const name of SLIDERS) onSlider(`text-${name}`, RANGES[name], (value) => this.change({ [name]: value }));
    byId("text-controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  }

  /** Fills the menus from the registries of the engine. */
  fill(catalog: Entry[]): void {
    this.cell.replaceChildren(...cellOptions(catalog));
    const texts = catalog.filter(({ family }) => family === "text").map(({ name, summary }) => new Option(summary, name));
    const properties = catalog.filter(({ family }) => family === "property");
    byId("text-property", HTMLSelectElement).replaceChildren(...properties.map(({ name, summary }) => new Option(summary, name)));
    this.text.replaceChildren(...texts, new Option("your own text", "own"));
  }

  show(settings: Settings): void {
    this.settings = settings;
    this.text.value = settings.text;
    this.cell.value = settings.cell;
    this.seed.value = String(settings.seed);
    this.carry.checked = settings.carry;
    if (this.prompt.value !== settings.prompt) this.prompt.value = settings.prompt;
    for (const name of SLIDERS) showSlider(`text-${name}`, RANGES[name], settings[name]);
    this.unit.max = String(settings.layers * settings.hidden);
    this.unit.value = String(settings.unit);
    const place = unitInWords(settings.unit, settings.hidden);
    this.unit.setAttribute("aria-valuetext", place);
    this.unit.parentElement!.querySelector("output")!.value = place;
  }

  private change(some: Partial<Settings>): void {
    if (this.settings !== null) this.changed({ ...this.settings, ...some });
  }
}

/** A unit, counted from 1 over all layers, by its layer and its place there. */
export function unitInWords(unit: number, hidden: number): string {
  return `layer ${Math.ceil(unit / hidden)}, unit ${((unit - 1) % hidden) + 1}`;
}
