// Formulas of the boxes, with the numbers of the time step of the last prediction.
import { short } from "../dom";
import type { Seen } from "./panel";
import type { Box } from "./shapes";

/** The lines of a formula. */
export function formula(box: Box, seen: Seen): string[] {
  switch (box) {
    case "x": return input(seen);
    case "cell": return cell(seen);
    case "h": return state(seen);
    case "y": return output(seen);
  }
}

function input({ snapshot: { values }, settings, description: { scale } }: Seen): string[] {
  const x = values.at(-2)!;
  if (!settings.standardize) return ["x = value, not standardized", `x = ${short(x)}`];
  const value = scale.mean + scale.deviation * x;
  return [
    "x = (value − mean of the training set) / its standard deviation",
    `x = (${short(value)} − ${short(scale.mean)}) / ${short(scale.deviation)} = ${short(x)}`,
  ];
}

/** The equations, and both parts of each gate of one unit. */
function cell({ snapshot: { unit, look }, description: { equations } }: Seen): string[] {
  const numbers = unit.map(({ letter, xPart, hPart, value }) =>
    `${letter}: W x + b = ${short(xPart)}, W h + b = ${short(hPart)}  →  ${letter} = ${short(value)}`);
  return [...equations, "", `Unit ${look.unit + 1} of layer ${look.layer + 1} at the last prediction:`, ...numbers];
}

function state({ settings: { carry, seqLength } }: Seen): string[] {
  const after = carry
    ? "The next window starts from it: its values are copied, its gradient is not (detached)."
    : "The next window does not start from it, but from zeros.";
  return [`h after the last of ${seqLength} time steps of a window, one row for each layer.`, after];
}

/** The first products of the sum, if the weights of the head are shown. */
function output({ snapshot: { state: states, matrix, predictions, look }, settings: { hidden }, description }: Seen): string[] {
  const y = short(predictions.at(-1)!);
  const isWeight = look.parameter !== null && description.parameters[look.parameter]?.name === "fc.weight";
  if (!isWeight || matrix.length !== hidden) return ["y = W h + b", `y = ${y}`];
  const h = states.subarray(states.length - hidden);
  const products = Array.from(matrix.subarray(0, 3), (weight, i) => `${short(weight)} · ${short(h[i]!)}`);
  return ["y = W h + b", `y = ${products.join(" + ")}${hidden > 3 ? " + …" : ""} + b = ${y}`];
}
