// A passage whose characters have the color of the hidden state of one unit, and the predictions after one character.
import { inkOn, palette, shade } from "../diverging";
import { byId } from "../dom";
import { inWords, percent } from "./names";
import type { Corpus, Reading } from "./protocol";

export class Passage {
  private readonly place = byId("text-passage", HTMLElement);
  private spans: HTMLElement[] = [];
  private corpus: Corpus | null = null;
  private reading: Reading | null = null;
  private unit = 0;
  /** The character whose predictions are shown. */
  private at = 0;

  constructor() {
    this.place.addEventListener("pointermove", ({ target }) => this.point(target));
    this.place.addEventListener("pointerdown", ({ target }) => this.point(target));
    this.place.addEventListener("keydown", (event) => this.key(event));
  }

  /** Another text. */
  set(corpus: Corpus): void {
    [this.corpus, this.reading] = [corpus, null];
    // The last character is only predicted.
    this.spans = corpus.passage.slice(0, -1).map((character, at) => {
      const span = document.createElement("span");
      span.textContent = character === "\n" ? "↵\n" : character;
      span.dataset.at = String(at);
      return span;
    });
    this.place.replaceChildren(...this.spans);
    this.at = Math.min(this.at, this.spans.length - 1);
  }

  clear(): void {
    this.spans = [];
    [this.corpus, this.reading] = [null, null];
    this.place.replaceChildren();
    byId("text-at", HTMLElement).textContent = "";
    byId("text-likely", HTMLElement).replaceChildren();
  }

  take(reading: Reading): void {
    this.reading = reading;
    this.draw();
  }

  /** Colors by another unit, counted from 0. */
  show(unit: number): void {
    this.unit = unit;
    this.draw();
  }

  draw(): void {
    if (this.reading === null) return;
    const colors = palette();
    this.spans.forEach((span, at) => {
      const color = shade(colors, this.value(at));
      span.style.background = `rgb(${color.map(Math.round).join()})`;
      span.style.color = inkOn(color);
    });
    this.predictions();
  }

  /** The hidden state of the unit after a character. */
  private value(at: number): number {
    const units = this.reading!.hidden.length / this.spans.length;
    return this.reading!.hidden[at * units + this.unit] ?? NaN;
  }

  private point(target: EventTarget | null): void {
    const at = target instanceof HTMLElement ? target.dataset.at : undefined;
    if (at !== undefined) this.move(Number(at));
  }

  private key(event: KeyboardEvent): void {
    const moves: Record<string, number> = {
      ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: this.spans.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.move(Math.max(0, Math.min(this.spans.length - 1, to)));
    // A screen reader says where the keys lead, and not each change while the network learns.
    byId("text-said", HTMLElement).textContent = byId("text-at", HTMLElement).textContent;
  }

  private move(at: number): void {
    if (at === this.at) return;
    this.spans[this.at]?.classList.remove("at");
    this.at = at;
    this.predictions();
  }

  private predictions(): void {
    const { corpus, reading, at } = this;
    if (corpus === null || reading === null || this.spans.length === 0) return;
    this.spans[at]!.classList.add("at");
    const actual = corpus.passage[at + 1]!;
    const value = this.value(at).toFixed(2).replace("-", "−");
    byId("text-at", HTMLElement).textContent =
      `After ${inWords(corpus.passage[at]!)}, character ${at + 1} of ${this.spans.length}: h = ${value}. ` +
      `Next character: ${inWords(actual)}, with a probability of ${percent(reading.actual[at]!)}.`;
    const count = reading.likely.length / this.spans.length;
    const entries = Array.from({ length: count }, (_, i) => {
      const character = corpus.vocabulary[reading.likely[at * count + i]!]!;
      return prediction(character, reading.probabilities[at * count + i]!, character === actual);
    });
    byId("text-likely", HTMLElement).replaceChildren(...entries);
  }
}

function prediction(character: string, probability: number, isActual: boolean): HTMLElement {
  const entry = document.createElement("li");
  entry.className = isActual ? "actual" : "";
  const cell = (text: string) => Object.assign(document.createElement("span"), { textContent: text });
  const bar = document.createElement("i");
  bar.style.width = `${100 * probability}%`;
  entry.append(cell(inWords(character)), cell(percent(probability)), bar);
  return entry;
}
