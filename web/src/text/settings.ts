// The settings of the text view, their ranges, and their form in the address of the page.
import { nearest } from "../sliders";
import type { Settings } from "./protocol";

/** The values of the sliders. */
export const RANGES = {
  hidden: [8, 16, 32, 64, 128, 256, 512],
  layers: [1, 2, 3],
  seqLength: [4, 8, 16, 32, 64, 128],
  batch: [1, 2, 4, 8, 16, 32],
  rate: [0.0001, 0.0003, 0.001, 0.002, 0.004, 0.01, 0.03, 0.1, 0.3, 1, 10],
  temperature: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5],
} as const;

export type Ranged = keyof typeof RANGES;

/** The longest prompt, in UTF-16 units. */
export const MAX_PROMPT = 200;

export function defaults(): Settings {
  return {
    text: "shakespeare", cell: "lstm", hidden: 128, layers: 1, seqLength: 32, batch: 8, rate: 0.002, carry: true, seed: 1,
    temperature: 0.7, prompt: "", unit: 1,
  };
}

/** The words of the settings in an address. */
export function toAddress(settings: Settings): Record<string, string | number> {
  const { text, cell, hidden, layers, seqLength, batch, rate, carry, seed, temperature, prompt, unit } = settings;
  const words = {
    view: "text", text, cell, hidden, layers, T: seqLength, B: batch, rate, carry: Number(carry), seed, temperature, unit,
  };
  return prompt === "" ? words : { ...words, prompt };
}

/** Settings of an address; a setting that is missing or invalid has its default. */
export function fromAddress(said: URLSearchParams, knows: (family: string, name: string) => boolean): Settings {
  const settings = defaults();
  const text = said.get("text") ?? "";
  if (text === "own" || knows("text", text)) settings.text = text;
  const cell = said.get("cell") ?? "";
  if (knows("cell", cell)) settings.cell = cell;
  for (const key of Object.keys(RANGES) as Ranged[]) {
    const value = Number(said.get({ seqLength: "T", batch: "B" }[key as string] ?? key));
    if (value > 0) settings[key] = RANGES[key][nearest(RANGES[key], value)]!;
  }
  if (said.has("carry")) settings.carry = said.get("carry") !== "0";
  const seed = Number(said.get("seed") ?? NaN);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) settings.seed = seed;
  settings.prompt = (said.get("prompt") ?? "").slice(0, MAX_PROMPT);
  const unit = Number(said.get("unit"));
  if (Number.isInteger(unit) && unit >= 1 && unit <= settings.layers * settings.hidden) settings.unit = unit;
  return settings;
}
