// The settings, their ranges, and their form in the address of the page.
import { nearest } from "../sliders";
import type { Settings } from "./protocol";

/** The values of the sliders. */
export const RANGES = {
  hidden: [1, 2, 4, 8, 16, 32, 64, 128],
  layers: [1, 2, 3, 4],
  seqLength: [2, 5, 10, 20, 30, 40, 60, 100],
  rate: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
} as const;

/** The largest norms of the gradient in the menu; 0 for no clipping. */
export const CLIPS = [0, 0.01, 0.1, 0.5, 1];

export type Ranged = keyof typeof RANGES;

/** The most optimizer steps of an address: a minute for the network of the lesson. */
const MOST_STEPS = 1_000_000;

/** Values of a drawn period. */
export const DRAWN_LEN = 40;

/** The network of the lesson. */
export function lesson(): Settings {
  const bump = (i: number) => Math.sin((2 * Math.PI * i) / DRAWN_LEN) * (i < DRAWN_LEN / 2 ? 0.9 : 0.3);
  const drawn = Array.from({ length: DRAWN_LEN }, (_, i) => bump(i));
  return {
    data: "sine", standardize: true, drawn,
    cell: "rnn", hidden: 32, layers: 1, seqLength: 20, seed: 1,
    rate: 0.01, carry: true, optimizer: "adam", schedule: "constant", clip: 0,
  };
}

const encode = (drawn: number[]) =>
  drawn.map((y) => Math.round((y + 1) * 127.5).toString(16).padStart(2, "0")).join("");

function decode(text: string): number[] | null {
  if (!new RegExp(`^[0-9a-f]{${2 * DRAWN_LEN}}$`).test(text)) return null;
  return Array.from({ length: DRAWN_LEN }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16) / 127.5 - 1);
}

/** A drawn period as an address has it: in steps of 1/127.5. */
export function rounded(drawn: number[]): number[] {
  return decode(encode(drawn)) ?? drawn;
}

export type Words = Record<string, string | number>;

/** The words of the settings in an address; seldom changed ones only if they differ from the lesson. */
export function toAddress(settings: Settings): Words {
  const { data, cell, hidden, layers, seqLength, rate, carry, seed, drawn, standardize } = settings;
  const words: Words = { data, cell, hidden, layers, T: seqLength, rate, carry: Number(carry), seed };
  const usual = lesson();
  for (const key of ["optimizer", "schedule", "clip"] as const) {
    if (settings[key] !== usual[key]) words[key] = settings[key];
  }
  if (!standardize) words.standardize = 0;
  if (data === "drawn") words.drawn = encode(drawn);
  return words;
}

/** The optimizer steps of an address; 0 without any. */
export function stepsOf(said: URLSearchParams): number {
  const steps = Number(said.get("step") ?? 0);
  return Number.isInteger(steps) && steps > 0 ? Math.min(steps, MOST_STEPS) : 0;
}

/** Settings of an address; a setting that is missing or invalid has its value in `defaults`. */
export function fromAddress(
  said: URLSearchParams,
  knows: (family: string, name: string) => boolean,
  defaults = lesson(),
): Settings {
  const settings = { ...defaults };
  const data = said.get("data") ?? "";
  if (data === "drawn" || knows("series", data)) settings.data = data;
  for (const key of ["cell", "optimizer", "schedule"] as const) {
    const name = said.get(key) ?? "";
    if (knows(key, name)) settings[key] = name;
  }
  const clip = Number(said.get("clip"));
  if (CLIPS.includes(clip)) settings.clip = clip;
  if (said.has("standardize")) settings.standardize = said.get("standardize") !== "0";
  for (const [name, key] of [["hidden", "hidden"], ["layers", "layers"], ["T", "seqLength"], ["rate", "rate"]] as const) {
    const value = Number(said.get(name));
    if (value > 0) settings[key] = RANGES[key][nearest(RANGES[key], value)]!;
  }
  if (said.has("carry")) settings.carry = said.get("carry") !== "0";
  const seed = Number(said.get("seed") ?? NaN);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) settings.seed = seed;
  settings.drawn = decode(said.get("drawn") ?? "") ?? settings.drawn;
  return settings;
}
