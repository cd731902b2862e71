// Sliders over a list of values.
import { byId } from "./dom";

/** The place of the nearest value of a slider. */
export function nearest(range: readonly number[], value: number): number {
  const distance = (other: number) => Math.abs(Math.log(other / value));
  return range.reduce((best, other, at) => (distance(other) < distance(range[best]!) ? at : best), 0);
}

/** Calls `moved` with the value of a slider after each movement. */
export function onSlider(id: string, range: readonly number[], moved: (value: number) => void): void {
  const slider = byId(id, HTMLInputElement);
  slider.max = String(range.length - 1);
  slider.addEventListener("input", () => moved(range[Number(slider.value)]!));
}

/** Moves a slider to a value, and writes the value beside it. */
export function showSlider(id: string, range: readonly number[], value: number): void {
  const slider = byId(id, HTMLInputElement);
  slider.value = String(nearest(range, value));
  slider.setAttribute("aria-valuetext", String(value));
  slider.parentElement!.querySelector<HTMLOutputElement>(`output[for="${id}"]`)!.value = String(value);
}
