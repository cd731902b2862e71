// What page and worker of the text view tell each other.
import type { Entry } from "../catalog";
import type { Speed, Stop } from "../slices";

/** The choices of a character model, its training and its samples; `cell` and `text` are names in the engine's registries. */
export interface Settings {
  /** The text; "own" is the user's. */
  text: string;
  cell: string;
  hidden: number;
  layers: number;
  seqLength: number;
  batch: number;
  rate: number;
  carry: boolean;
  seed: number;
  temperature: number;
  prompt: string;
  /** The unit whose values are drawn, from 1. */
  unit: number;
}

export type ToWorker =
  /** A new network. Messages of it come back with its number, `run`. */
  | { type: "create"; run: number; settings: Settings; own: string }
  | { type: "live"; rate: number; carry: boolean }
  | { type: "sampling"; temperature: number; prompt: string }
  | { type: "speed"; speed: Speed }
  | { type: "find"; property: string }
  | { type: "play" | "pause" | "sleep" | "step" | "rewind" | "drawn" };

/** A text as the engine has read it, with the losses of its baselines in bits per character. */
export interface Corpus {
  type: "corpus";
  training: number;
  validation: number;
  /** The characters of the text, each once. */
  vocabulary: string[];
  /** The beginning of the validation set, and the character after it. */
  passage: string[];
  parameters: number;
  uniform: number;
  unigram: number;
  bigram: number;
}

/** The state of training; losses in bits per character. */
export interface Snapshot {
  type: "snapshot";
  step: number;
  loss: number;
  gradNorm: number;
  stepsPerSecond: number;
  stop: Stop | null;
}

/** The passage as the network reads it after a step. */
export interface Reading {
  type: "reading";
  step: number;
  /** The validation loss. */
  validation: number;
  /** The hidden state after each character, `[characters, L·H]`. */
  hidden: Float32Array;
  /** The most likely next characters, as places in the vocabulary, and their probabilities: the likeliest first. */
  likely: Float32Array;
  probabilities: Float32Array;
  /** The probability of the actual next character. */
  actual: Float32Array;
}

/** A text of the network. */
export interface Sample {
  type: "sample";
  step: number;
  validation: number;
  temperature: number;
  prompt: string;
  text: string;
  /** Whether it stays in the list when newer ones come. */
  stays: boolean;
}

/** The unit, from 1, whose hidden state correlates most with a property of the passage. */
export interface Found {
  type: "found";
  property: string;
  unit: number;
  correlation: number;
  step: number;
}

export type Message =
  | { type: "ready"; catalog: Entry[] }
  | { type: "failed"; message: string }
  /** The text or a setting cannot be used: there is no network. */
  | { type: "refused"; message: string }
  /** The prompt cannot be used, or can be again. */
  | { type: "prompt"; message: string | null }
  | Corpus
  | Snapshot
  | Reading
  | Sample
  | Found;

/** A message, with the number of the network that it is about. */
export type ToPage = Message & { run: number };
