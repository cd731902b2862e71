// Warnings of a view: training that diverged or ended, and the next step.
import { byId, short } from "./dom";

export class Banner {
  private rate: number;
  private readonly place: HTMLElement;
  private readonly text: HTMLElement;
  private readonly button: HTMLButtonElement;

  /** `id` is that of the element; `highest` is a learning rate that seldom diverges. `rewind` is called with the learning rate of the next steps. */
  constructor(id: string, private readonly highest: number, rewind: (rate: number) => void) {
    this.rate = highest;
    this.place = byId(id, HTMLElement);
    this.text = this.place.querySelector("p")!;
    this.button = this.place.querySelector("button")!;
    this.button.addEventListener("click", () => {
      this.hide();
      rewind(this.rate);
    });
  }

  /** Training diverged at a learning rate. */
  diverged(rate: number): void {
    this.rate = Math.min(this.highest, rate / 10);
    this.say(`Training diverged: with a learning rate of ${rate} each optimizer step changes the weights too much.`);
    this.button.textContent = `Rewind, and continue with ${short(this.rate)}`;
    this.button.hidden = false;
  }

  say(text: string): void {
    this.text.textContent = text;
    this.button.hidden = true;
    this.place.hidden = false;
  }

  hide(): void {
    this.place.hidden = true;
  }
}
