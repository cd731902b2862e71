// The hidden state over time: one row for each unit, one column for each time step.
import { surface } from "../canvas";
import type { Snapshot } from "./protocol";
import { LEFT, SHOWN, timeAxis } from "./time_axis";

/** Colors of -1, 0 and 1. */
const LIGHT = [[0, 97, 164], [246, 246, 244], [196, 78, 0]];
const DARK = [[110, 190, 245], [30, 33, 38], [255, 158, 94]];

export function drawHidden(canvas: HTMLCanvasElement, seen: Snapshot): void {
  const place = surface(canvas);
  const { pen, height } = place;
  const axis = timeAxis(place, seen.values.length);
  const units = seen.hidden.length / SHOWN;
  const image = new ImageData(SHOWN, units);
  const palette = window.matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
  for (let at = 0; at < seen.hidden.length; at++) {
    const [t, unit] = [Math.floor(at / units), at % units];
    image.data.set(shade(palette, seen.hidden[at]!), 4 * (unit * SHOWN + t));
  }
  const small = new OffscreenCanvas(SHOWN, units);
  small.getContext("2d")!.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, LEFT, 0, axis.step * SHOWN, height);
}

function shade(palette: number[][], value: number): number[] {
  const end = palette[value < 0 ? 0 : 2]!;
  const share = Math.min(1, Math.abs(value));
  const mixed = palette[1]!.map((zero, i) => zero + (end[i]! - zero) * (Number.isFinite(share) ? share : 0));
  return [...mixed, 255];
}

/** The unit and value under a point of the canvas, in words. */
export function valueAt(canvas: HTMLCanvasElement, seen: Snapshot, x: number, y: number): string | null {
  const units = seen.hidden.length / SHOWN;
  const { clientWidth: width, clientHeight: height } = canvas;
  const axis = timeAxis({ width } as Parameters<typeof timeAxis>[0], seen.values.length);
  const [t, unit] = [Math.floor((x - LEFT) / axis.step), Math.floor((y / height) * units)];
  if (t < 0 || t >= SHOWN || unit < 0 || unit >= units) return null;
  const ahead = t - SHOWN / 2;
  return `unit ${unit + 1}, time step ${ahead < 0 ? "−" : "+"}${Math.abs(ahead)}: h = ${seen.hidden[t * units + unit]!.toFixed(2)}`;
}
