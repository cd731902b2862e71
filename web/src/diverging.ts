// Colors of values from -1 to 1: blue, the color of the page, orange.

import { isDark } from "./canvas";

/** The red, green and blue of a color, each up to 255. */
export type Rgb = [number, number, number];

/** Colors of -1, 0 and 1. */
export type Palette = [Rgb, Rgb, Rgb];

const LIGHT: Palette = [[0, 97, 164], [246, 246, 244], [196, 78, 0]];
const DARK: Palette = [[110, 190, 245], [30, 33, 38], [255, 158, 94]];

/** The colors of the current theme. */
export function palette(): Palette {
  return isDark() ? DARK : LIGHT;
}

/** The color of a value. */
export function shade(palette: Palette, value: number): Rgb {
  const end = palette[value < 0 ? 0 : 2];
  const share = Math.min(1, Math.abs(value));
  return palette[1].map((zero, i) => zero + (end[i]! - zero) * (Number.isFinite(share) ? share : 0)) as Rgb;
}

/** Black or white, whichever is easier to read on a color: a contrast of 4.5 at least (WCAG 2.2). */
export function inkOn(color: Rgb): "#000" | "#fff" {
  const linear = (channel: number) => (channel <= 10 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = color.map(linear) as Rgb;
  // Both have the same contrast at this luminance: (L + 0.05)² = 0.05 · 1.05.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
