// The shapes of one training window as boxes; a box opens its formula with the numbers of the last time step.
import { byId, short, write } from "../dom";
import { Inspector } from "./inspector";
import type { LookAt, Panel, Seen } from "./panel";

/** The boxes, from the input to the output. */
export const BOXES = ["x", "cell", "h", "y"] as const;
export type Box = (typeof BOXES)[number];

export class Shapes implements Panel {
  readonly canvases: HTMLCanvasElement[];
  private readonly inspector: Inspector;
  private readonly buttons: HTMLButtonElement[];

  constructor(lookAt: LookAt, redraw: () => void) {
    this.inspector = new Inspector(lookAt);
    this.canvases = this.inspector.canvases;
    this.buttons = BOXES.map((box) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-controls", "inspector");
      button.append(document.createElement("b"), document.createElement("small"));
      button.addEventListener("click", () => {
        this.inspector.toggle(box);
        redraw();
      });
      return button;
    });
    byId("shape-list", HTMLOListElement).replaceChildren(...this.buttons.map((button) => {
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }

  draw(seen: Seen): void {
    const { snapshot: { values, predictions, state }, settings: { cell, hidden, layers, seqLength, standardize, carry } } = seen;
    const unit = standardize ? ", standardized" : "";
    const shown = Array.from(state.subarray(state.length - hidden).subarray(0, 3), short).join(", ");
    const texts = {
      x: [`x [B=1, T=${seqLength}, 1]`, `last x = ${short(values.at(-2)!)}${unit}`],
      cell: [`${cell} → [B=1, T=${seqLength}, H=${hidden}]`, "one hidden state for each time step"],
      h: [`h [L=${layers}, B=1, H=${hidden}]`, `${carry ? "carried into the next window" : "reset before the next window"}: ${shown}${hidden > 3 ? ", …" : ""}`],
      y: [`linear → y [B=1, T=${seqLength}, 1]`, `last y = ${short(predictions.at(-1)!)}, actual ${short(values.at(-1)!)}${unit}`],
    };
    BOXES.forEach((box, i) => {
      const button = this.buttons[i]!;
      texts[box].forEach((text, j) => write(button.children[j] as HTMLElement, text));
      button.setAttribute("aria-expanded", String(this.inspector.box === box));
    });
    this.inspector.draw(seen);
  }
}
