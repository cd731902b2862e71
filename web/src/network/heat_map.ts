// The hidden state over time: one row for each unit, one column for each time step.
import { surface } from "../canvas";
import { palette, shade } from "../diverging";
import type { Snapshot } from "./protocol";
import { LEFT, SHOWN, timeAxis } from "./time_axis";

export function drawHidden(canvas: HTMLCanvasElement, seen: Snapshot): void {
  const place = surface(canvas);
  const { pen, height } = place;
  const axis = timeAxis(place, seen.values.length);
  const units = seen.hidden.length / SHOWN;
  const image = new ImageData(SHOWN, units);
  const colors = palette();
  for (let at = 0; at < seen.hidden.length; at++) {
    const [t, unit] = [Math.floor(at / units), at % units];
    image.data.set([...shade(colors, seen.hidden[at]!), 255], 4 * (unit * SHOWN + t));
  }
  const small = new OffscreenCanvas(SHOWN, units);
  small.getContext("2d")!.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, LEFT, 0, axis.step * SHOWN, height);
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
