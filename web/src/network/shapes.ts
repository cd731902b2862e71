// The shapes of one training window, with the numbers of the last time step.
import { byId, short } from "../dom";
import type { Settings, Snapshot } from "./protocol";

export function showShapes(seen: Snapshot, { cell, hidden, layers, seqLength }: Settings): void {
  const { values, predictions, hidden: states } = seen;
  const row = layers * hidden;
  const last = states.subarray(states.length - row);
  const shown = Array.from(last.subarray(row - hidden, row - hidden + 3), short).join(", ");
  const boxes = [
    [`x [B=1, T=${seqLength}, 1]`, `newest x = ${short(values.at(-2)!)}`],
    [`${cell} → [B=1, T=${seqLength}, H=${hidden}]`, `one hidden state for each time step`],
    [`h [L=${layers}, B=1, H=${hidden}]`, `kept for the next window: ${shown}${hidden > 3 ? ", …" : ""}`],
    [`linear → y [B=1, T=${seqLength}, 1]`, `newest y = ${short(predictions.at(-1)!)}, actual ${short(values.at(-1)!)}`],
  ];
  const list = byId("shape-list", HTMLOListElement);
  while (list.children.length < boxes.length) {
    const item = document.createElement("li");
    item.append(document.createElement("b"), document.createElement("small"));
    list.append(item);
  }
  boxes.forEach((texts, i) => {
    texts.forEach((text, j) => {
      const element = list.children[i]!.children[j]!;
      if (element.textContent !== text) element.textContent = text;
    });
  });
}
