// Heat maps of numbers.
import type { Surface } from "./canvas";
import { palette, shade } from "./diverging";

/** The range of a heat map: from `-high` to `high`, or from 0 to `high`. */
export interface Range {
  high: number;
  isSigned: boolean;
}

/** The smallest of 1, 2, 5, 10, 20, … times a power of ten that no value exceeds. */
export function roundedLimit(values: Iterable<number>, least: number): number {
  let largest = least;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const power = 10 ** Math.floor(Math.log10(largest));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= largest * (1 - 1e-9))!;
}

/** Draws rows of values into a box, one pixel of the picture for each value. */
export function drawValues(
  { pen }: Surface, box: { x: number; y: number; width: number; height: number }, columns: number, rows: number,
  range: Range, value: (row: number, column: number) => number,
): void {
  const image = new ImageData(columns, rows);
  const colors = palette();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const share = value(row, column) / range.high;
      image.data.set([...shade(colors, range.isSigned ? share : Math.max(0, share)), 255], 4 * (row * columns + column));
    }
  }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d")!.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, box.x, box.y, box.width, box.height);
}
