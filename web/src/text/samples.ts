// The list of samples: the newest, and those of a few earlier steps.
import { bits } from "./names";
import type { Sample } from "./protocol";

/** Earlier samples that are shown. */
const MOST = 3;

export class Samples {
  private staying: Sample[] = [];
  private newest: Sample | null = null;

  constructor(private readonly list: HTMLElement) {}

  add(sample: Sample): void {
    this.cut(sample.step);
    if (sample.stays) {
      this.staying = [sample, ...this.staying.filter(({ step }) => step < sample.step)];
    }
    this.newest = sample;
    this.draw();
  }

  /** Drops the samples after a step: training has returned to an earlier state. */
  private cut(step: number): void {
    this.staying = this.staying.filter((sample) => sample.step <= step);
  }

  clear(): void {
    this.staying = [];
    this.newest = null;
    this.list.replaceChildren();
  }

  private draw(): void {
    const newest = this.newest!;
    const earlier = this.staying.filter(({ step }) => step < newest.step).slice(0, MOST);
    const all = [newest, ...earlier];
    const entries = all.map((sample, at) => this.entry(sample, this.list.children[at] ?? null));
    if (entries.length !== this.list.children.length || entries.some((entry, at) => entry !== this.list.children[at])) {
      this.list.replaceChildren(...entries);
    }
  }

  /** The entry of a sample, in the place of an old one: an entry that is the same stays, with its scrolled text. */
  private entry(sample: Sample, old: Element | null): Element {
    const entry = old ?? document.createElement("li");
    const key = JSON.stringify([sample.step, sample.validation, sample.temperature, sample.text]);
    if ((entry as HTMLElement).dataset.key === key) return entry;
    (entry as HTMLElement).dataset.key = key;
    const about = document.createElement("small");
    const words = [`optimizer step ${sample.step.toLocaleString("en")}`, `validation loss ${bits(sample.validation)} bits per character`, `temperature ${sample.temperature}`];
    about.append(...words.map((word) => Object.assign(document.createElement("span"), { textContent: word })));
    const text = document.createElement("pre");
    text.tabIndex = 0;
    text.setAttribute("aria-label", `Sample of step ${sample.step}`);
    text.setAttribute("role", "group");
    const prompt = Object.assign(document.createElement("b"), { textContent: sample.prompt });
    text.append(prompt, sample.text);
    entry.replaceChildren(about, text);
    return entry;
  }
}
