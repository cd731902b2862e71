// Warnings: training that diverged or ended, and the next step.
import { byId, short } from "../dom";

export class Banner {
  private rate = 0.01;
  private readonly place = byId("banner", HTMLElement);
  private readonly button = byId("rewind", HTMLButtonElement);

  /** `rewind` is called with the learning rate of the next steps. */
  constructor(rewind: (rate: number) => void) {
    this.button.addEventListener("click", () => {
      this.hide();
      rewind(this.rate);
    });
  }

  /** Training diverged at a learning rate. */
  diverged(rate: number): void {
    this.rate = Math.min(0.01, rate / 10);
    this.say(`Training diverged: with a learning rate of ${rate} each optimizer step changes the weights too much.`);
    this.button.textContent = `Rewind, and continue with ${short(this.rate)}`;
    this.button.hidden = false;
  }

  say(text: string): void {
    byId("banner-text", HTMLElement).textContent = text;
    this.button.hidden = true;
    this.place.hidden = false;
  }

  hide(): void {
    this.place.hidden = true;
  }
}
